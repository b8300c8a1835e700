/**
 * A crawler that is kind to its server: at most five pages a second and two at a time, whatever the number of workers. A page that
 * is busy is put off without counting as a failure, one that is gone is not asked for again, and a page that several others
 * link to is fetched once, because its name is the job's id. The server is our own, on this machine.
 *
 *   node examples/crawler/crawler.js
 */
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { check, inTemporaryHome } from "../queuectl.js";

const FETCH = fileURLToPath(new URL("fetch.js", import.meta.url));
/** Each links to the next two and to the first; the last but one to a page that is gone. */
const PAGES = Array.from({ length: 12 }, (_, n) => `page${n}`);

await inTemporaryHome(async (queuectl) => {
  const site = await openSite();

  queuectl("queue", "set", "crawl", "--rate", "5/s", "--concurrency", "2");
  queuectl("policy", "set", "fetch", "--snooze-on", "75", "--snooze-delay", "1s", "--no-retry-on", "4");
  queuectl(
    "enqueue",
    "--queue",
    "crawl",
    "--policy",
    "fetch",
    "--id",
    "page0",
    "--",
    "node",
    FETCH,
    `${site.url}/page0`,
  );
  const workers = queuectl.start("worker", "start", "--count", "2", "--concurrency", "3");
  const left = new Promise((resolve) => workers.once("exit", resolve));
  await site.everythingSeen;
  queuectl("worker", "stop");
  await left;
  site.close();

  queuectl("list", "--queue", "crawl");
  const jobs = queuectl.json("list", "--queue", "crawl", "--limit", "0").map(({ id }) => queuectl.json("show", id));
  const pages = jobs.filter(({ id }) => id !== "gone");
  check(
    "every page was found, and completed",
    pages.length === PAGES.length && pages.every(({ state }) => state === "completed"),
  );
  check("no more than two were fetched at a time", site.mostAtOnce <= 2);
  const starts = jobs.flatMap(({ history }) => history.map((attempt) => Date.parse(attempt.started_at)));
  starts.sort((a, b) => a - b);
  check(
    "no more than five began within any second",
    starts.every((at, n) => n < 5 || at - starts[n - 5] >= 1000),
  );
  const busy = jobs.find(({ id }) => id === "page3");
  check("the busy page was put off, at no cost", busy.history.length === 2 && busy.attempts === 1);
  const gone = jobs.find(({ id }) => id === "gone");
  check("the page that is gone was asked for once", gone.state === "dead" && gone.history.length === 1);
});

/** A small site on a free port. */
async function openSite() {
  const unseen = new Set([...PAGES, "gone"]);
  let seenAll;
  const everythingSeen = new Promise((resolve) => {
    seenAll = resolve;
  });
  let asked = 0;
  let open = 0;
  const site = { mostAtOnce: 0, everythingSeen, url: "", close: () => server.close() };
  const server = createServer((request, response) => {
    const name = request.url.slice(1);
    open += 1;
    site.mostAtOnce = Math.max(site.mostAtOnce, open);
    response.once("close", () => {
      open -= 1;
      if (response.statusCode !== 503) unseen.delete(name);
      if (unseen.size === 0) seenAll();
    });
    if (name === "page3" && asked++ === 0) return void response.writeHead(503).end();
    if (!PAGES.includes(name)) return void response.writeHead(404).end();
    const n = PAGES.indexOf(name);
    const links = [PAGES[n + 1], PAGES[n + 2], PAGES[0]].map((page) => page ?? "gone");
    response.end(links.map((page) => `<a href="/${page}">`).join("\n"));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  site.url = `http://127.0.0.1:${server.address().port}`;
  return site;
}
