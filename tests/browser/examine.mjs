// Looks at pages in all sizes and colours: what axe says of them, what has no room, what is small,
// what they weigh, and what they ask others for.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { openPage, withChromium } from "./chromium.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const HEIGHT = 900;
const NARROWEST = 320;

function violations(tags) {
  const options = { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] };
  return axe.run(document, options).then((found) =>
    found.violations.map(({ id, help, nodes }) => {
      const places = nodes.map((node) => node.html.slice(0, 200));
      return { id, help, places, why: nodes[0].failureSummary };
    }),
  );
}

// What a page is wider than its window by, and what reaches farthest.
function beyond() {
  const width = document.documentElement.clientWidth;
  const over = document.documentElement.scrollWidth - width;
  const wide = [...document.body.querySelectorAll("*")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width && (box.right > width + 1 || box.left < -1) && box.right > 0;
  });
  return over > 0 ? [`${over}px`, ...wide.slice(-3).map((e) => e.outerHTML.slice(0, 120))] : [];
}

// Targets below the least size (WCAG 2.2, 2.5.8), those that stand within a sentence aside.
function small(least) {
  const isInSentence = (element) => {
    if (getComputedStyle(element).display !== "inline") return false;
    const around = element.parentElement.cloneNode(true);
    around.querySelectorAll("a, button").forEach((other) => other.remove());
    return /\p{L}/u.test(around.textContent);
  };
  return [...document.querySelectorAll("a[href], button, input, select, summary")]
    .map((element) => [element, element.getBoundingClientRect()])
    .filter(([, box]) => box.width > 0 && (box.width < least || box.height < least))
    .filter(([element, box]) => box.right > 0 && !isInSentence(element))
    .map(([element, box]) => `${box.width}x${box.height} ${element.outerHTML.slice(0, 120)}`);
}

async function examine(browser, job, url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: HEIGHT } });
  const { page, said } = await openPage(context, job.origin);
  const found = { url, ...said, violations: [], beyond: [], small: [], weight: 0 };
  const weighed = [];
  page.on("response", (response) => {
    if (response.url().startsWith(`${job.origin}/`)) weighed.push(response.body());
  });
  await page.goto(url, { waitUntil: "load" });
  for (const body of await Promise.all(weighed)) found.weight += body.length;
  found.stories = await page.locator("article").count();
  found.pictures = await page.locator("article img").evaluateAll((all) => all.map((i) => i.src));
  await page.evaluate(AXE);
  for (const width of job.widths) {
    await page.setViewportSize({ width, height: HEIGHT });
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      for (const violation of await page.evaluate(violations, job.tags)) {
        found.violations.push({ width, colorScheme, ...violation });
      }
    }
    found.small.push(...(await page.evaluate(small, job.least)));
    await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
    found.beyond.push(...(await page.evaluate(beyond)));
    await page.evaluate(() => (document.documentElement.style.fontSize = ""));
  }
  await page.setViewportSize({ width: NARROWEST, height: HEIGHT });
  found.beyond.push(...(await page.evaluate(beyond)));
  await context.close();
  return found;
}

await withChromium(async (browser, job) => {
  const found = [];
  for (const url of job.pages) found.push(await examine(browser, job, url));
  return found;
});
