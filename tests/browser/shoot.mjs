// Takes pictures of pages as they are first seen, in the sizes and colours of the job.
import { openPage, withChromium } from "./chromium.mjs";

await withChromium(async (browser, job) => {
  for (const { url, width, height, colorScheme, file } of job.pictures) {
    const viewport = { width, height };
    const context = await browser.newContext({ viewport, colorScheme, reducedMotion: "reduce" });
    const { page } = await openPage(context, job.origin);
    await page.goto(url, { waitUntil: "networkidle" });
    await page.screenshot({ path: file });
    await context.close();
  }
  return job.pictures.length;
});
