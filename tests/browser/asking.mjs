// Asks for something as people do, by typing it or by its address, and tells what is shown.
import { openPage, withChromium } from "./chromium.mjs";

await withChromium(async (browser, job) => {
  const all = {};
  for (const [name, { page: path, asked, words }] of Object.entries(job.queries)) {
    const context = await browser.newContext({ javaScriptEnabled: job.withScript });
    const { page, said } = await openPage(context, job.origin);
    if (words) {
      await page.goto(`${job.origin}/search/`);
      await page.locator("#words").fill(words);
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => url.searchParams.has("q"));
    } else {
      await page.goto(`${job.origin}${path}${asked}`);
    }
    all[name] = {
      ...said,
      titles: await page.locator("article h3").allTextContents(),
      address: await page.locator("#address").inputValue(),
      feeds: await page
        .locator('head link[rel="alternate"]')
        .evaluateAll((links) => links.map((link) => link.href)),
    };
    await context.close();
  }
  return all;
});
