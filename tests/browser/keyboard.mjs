// Goes from a page to that of a feed, and takes the feed's address along, by keys alone.
import { openPage, withChromium } from "./chromium.mjs";

const MOST_STOPS = 300;

// What has the focus, and whether that can be seen.
function focus() {
  const element = document.activeElement;
  const style = getComputedStyle(element);
  return {
    tag: element.localName,
    id: element.id,
    href: element.href ?? "",
    text: element.value || element.textContent.trim(),
    selected: element.value?.substring(element.selectionStart, element.selectionEnd) ?? "",
    isSeen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
  };
}

async function tabTo(page, unseen, isIt) {
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(focus);
    if (!at.isSeen) unseen.push(at);
    if (isIt(at)) return at;
  }
  throw new Error("it is not reached by the Tab key");
}

async function pasted(context, origin) {
  const { page } = await openPage(context, origin);
  await page.setContent("<textarea autofocus></textarea>");
  await page.locator("textarea").focus();
  await page.keyboard.press("Control+V");
  return page.locator("textarea").inputValue();
}

await withChromium(async (browser, job) => {
  const context = await browser.newContext({ javaScriptEnabled: job.withScript });
  const { page, said } = await openPage(context, job.origin);
  const found = { ...said, unseen: [] };
  await page.goto(`${job.origin}/`);
  await tabTo(page, found.unseen, (at) => at.tag === "a" && at.href === job.feed);
  await page.keyboard.press("Enter");
  await page.waitForURL(job.feed);
  const field = await tabTo(page, found.unseen, (at) => at.tag === "input");
  found.selected = field.selected;
  if (job.withScript) {
    found.button = (await tabTo(page, found.unseen, (at) => at.tag === "button")).text;
    await page.keyboard.press("Enter");
    await page.locator("[role=status]:not(:empty)").waitFor();
    found.status = await page.locator("[role=status]").textContent();
  } else {
    found.buttons = await page.locator("button:visible").count();
    await page.keyboard.press("Control+C");
  }
  found.pasted = await pasted(context, job.origin);
  return found;
});
