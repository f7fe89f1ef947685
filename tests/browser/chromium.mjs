// Debian's Chromium for one job, which standard input describes; what is found goes to standard
// output. The scripts beside this one look, and the tests judge.
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

// What elsewhere is asked for is answered here: tests need no network, and pictures are drawn.
const DRAWN = (hue) => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 400">
<linearGradient id="a" x2="0" y2="1"><stop stop-color="hsl(${hue} 25% 82%)"/>
<stop offset="1" stop-color="hsl(${(hue + 40) % 360} 35% 62%)"/></linearGradient>
<rect width="600" height="400" fill="url(#a)"/><circle cx="430" cy="150" r="46" fill="#fff8"/>
<path d="M0 260 150 190 290 265 420 215 600 280V400H0Z" fill="hsl(${hue} 25% 40%)"/>
<path d="M0 320 220 280 400 330 600 300V400H0Z" fill="hsl(${hue} 30% 28%)"/></svg>`;

const hueOf = (text) => [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 360, 7);

// Whoever started this waits less long, or is gone.
const MOST_MILLISECONDS = 630_000;

export async function withChromium(look) {
  setTimeout(() => process.exit(1), MOST_MILLISECONDS).unref();
  const job = JSON.parse(readFileSync(0, "utf8"));
  // Root, as which CI runs, has no sandbox; nothing but our own pages is looked at.
  const browser = await chromium.launch({ executablePath: job.chromium, args: ["--no-sandbox"] });
  try {
    console.log(JSON.stringify(await look(browser, job)));
  } finally {
    await browser.close();
  }
}

export async function openPage(context, origin) {
  const page = await context.newPage();
  const said = { asked: [], complaints: [] };
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`)) {
      said.asked.push({ url: request.url(), kind: request.resourceType() });
    }
  });
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) said.complaints.push(message.text());
  });
  page.on("pageerror", (error) => said.complaints.push(String(error)));
  page.on("requestfailed", (request) => said.complaints.push(`${request.url()} failed`));
  await page.route(
    (url) => url.origin !== origin,
    (route) => {
      const body = DRAWN(hueOf(route.request().url()));
      return route.fulfill({ contentType: "image/svg+xml", body });
    },
  );
  return { page, said };
}
