// A server answers what is asked here; where there are only files, this script does.
const found = document.getElementById("found");
const said = document.getElementById("said");
const field = document.getElementById("words");
const asked = new URLSearchParams(location.search).get("q");

const plain = (text) =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().split(/\s+/).filter(Boolean).join(" ");

const line = (feed) => {
  const item = document.createElement("li");
  const link = document.createElement("a");
  link.href = `../${feed.page}`;
  link.dir = "auto";
  link.textContent = feed.title;
  item.append(link);
  if (feed.description) {
    const about = document.createElement("small");
    about.dir = "auto";
    about.textContent = feed.description;
    item.append(" ", about);
  }
  return item;
};

const look = async (words) => {
  const { feeds } = await (await fetch("feeds.data")).json();
  const wanted = plain(words);
  const all = feeds.filter((feed) => {
    const own = feed.stem.slice(feed.stem.lastIndexOf("/") + 1);
    const called = ` ${plain(`${feed.title} ${own}`)}`;
    return wanted.split(" ").every((word) => called.includes(` ${word}`));
  });
  const begins = (feed) => plain(feed.title).startsWith(wanted);
  all.sort((one, other) => begins(other) - begins(one));
  found.replaceChildren(...all.slice(0, 50).map(line));
  said.textContent = `${all.length} found.`;
};

if (found && said && field && asked && plain(asked) && !("answered" in found.dataset)) {
  field.value = asked;
  look(asked).catch(() => {
    said.textContent = "The list of feeds cannot be read at present.";
  });
}
