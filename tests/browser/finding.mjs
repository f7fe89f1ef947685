// Finds feeds by a part of their names, then takes some of a kind as a list of their own.
import { readFile } from "node:fs/promises";

import { openPage, withChromium } from "./chromium.mjs";

await withChromium(async (browser, job) => {
  const context = await browser.newContext({ javaScriptEnabled: job.withScript });
  const { page, said } = await openPage(context, job.origin);
  await page.goto(`${job.origin}/`);
  await page.locator("#words").fill(job.words);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.searchParams.has("q"));
  await page.locator("#said:not(:empty)").waitFor();
  const links = page.locator("#found a");
  const found = {
    ...said,
    said: await page.locator("#said").textContent(),
    hrefs: await links.evaluateAll((all) => all.map((link) => link.href)),
  };
  await page.goto(`${job.origin}/topics/`);
  for (const stem of job.chosen) {
    await page.locator(`input[value="${stem}"]`).focus();
    await page.keyboard.press("Space");
  }
  // Nobody shows OPML: with a script or without, it is a file that is taken.
  const download = page.waitForEvent("download");
  await page.locator(".choice button").focus();
  await page.keyboard.press("Enter");
  found.list = await readFile(await (await download).path(), "utf-8");
  return found;
});
