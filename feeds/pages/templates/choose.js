// Without this script the server makes the list of the chosen feeds; a host of files cannot.
const form = document.getElementById("choice");
const chosen = document.getElementById("chosen");

const escaped = (text) =>
  text.replace(/[<>&"]/g, (sign) => ({ "<": "&lt;", ">": "&gt;", "&": "&amp;", '"': "&quot;" })[sign]);

const outline = (box) => {
  const line = box.closest("li");
  const page = line.querySelector(".name a");
  const feed = line.querySelector(".row a");
  const title = escaped(page.textContent);
  return (
    `    <outline type="rss" text="${title}" title="${title}"` +
    ` xmlUrl="${escaped(feed.href)}" htmlUrl="${escaped(page.href)}" />`
  );
};

const list = (boxes) =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<opml version="2.0">',
    "  <head>",
    `    <title>${escaped(document.title)}</title>`,
    "  </head>",
    "  <body>",
    ...boxes.map(outline),
    "  </body>",
    "</opml>",
    "",
  ].join("\n");

if (form && chosen) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const boxes = [...form.querySelectorAll("input:checked")];
    if (boxes.length === 0) {
      chosen.textContent = "Nothing is chosen yet.";
      return;
    }
    const file = new Blob([list(boxes)], { type: "text/x-opml" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(file);
    link.download = "feeds.opml";
    link.click();
    URL.revokeObjectURL(link.href);
    chosen.textContent = `${boxes.length} chosen.`;
  });
}
