// Without this script the address is copied by hand, so the button is there only with it.
const address = document.getElementById("address");
const copy = document.getElementById("copy");
const copied = document.getElementById("copied");

if (address && copy && copied && navigator.clipboard) {
  copy.hidden = false;
  copy.addEventListener("click", async () => {
    address.select();
    try {
      await navigator.clipboard.writeText(address.value);
      copied.textContent = "Copied.";
    } catch {
      copied.textContent = "Your browser does not let this page copy; the address is selected.";
    }
  });
}
