// Lighthouse over one page of every public template of a running demonstration: a cheap telephone on slow 4G.
//
//   node measure.mjs http://mucangchai.laocai.localhost:7002
//
// Prints a table in Markdown; ends with 1 if a figure is below 95. Needs Chromium (CHROMIUM names the program).
import lighthouse from 'lighthouse';
import { launch } from 'chrome-launcher';
import { get } from 'node:http';

const LEAST = 95;
// A demonstration asks search engines to stay away, as it must: whether a page may be indexed is not judged.
const SKIPPED = ['is-crawlable'];
const KINDS = ['performance', 'accessibility', 'best-practices', 'seo'];
const base = process.argv[2];
if (!base) {
  console.error('say where the demonstration answers: node measure.mjs http://mucangchai.laocai.localhost:7002');
  process.exit(2);
}

/** The HTML of a page. Node asks the system's resolver, which need not know *.localhost: the loopback is named. */
function html(path) {
  const { host, port } = new URL(base);
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, headers: { host } }, async (answer) => {
      let page = '';
      for await (const part of answer.setEncoding('utf8')) page += part;
      resolve(page);
    }).on('error', reject);
  });
}

/** Where the first link of a page that begins so leads. */
async function link(path, begin) {
  const page = await html(path);
  const found = page.match(new RegExp(`href="(${begin}[^"]+)"`));
  if (!found) throw new Error(`no link to ${begin} on ${path}`);
  return found[1].replaceAll('&#38;', '&').replaceAll('&amp;', '&');
}

const item = await link('/thong-tin', '/muc/');
const service = await link('/dich-vu?cap=cap-xa', '/dich-vu/[0-9]').catch(() => null);
const answered = await link('/phan-anh', '/phan-anh/ho-so/').catch(() => null);
const pages = [
  ['items/home', '/'],
  ['items/list', '/thong-tin'],
  ['items/item', item],
  ['items/history', `${item}/lich-su`],
  ['logs/coverage', `${item}/noi-hien-thi`],
  ['logs/network', '/mang'],
  ['search/page', '/tim-kiem?q=quyet+dinh'],
  ['procedures/home', '/dich-vu'],
  ['procedures/list', '/dich-vu?cap=cap-xa'],
  ...(service ? [['procedures/lead', service]] : []),
  ['checks/check', '/kiem-tra'],
  ['checks/hosts', '/cong-chinh-thuc'],
  ['agencies/directory', '/co-quan'],
  ['open/data', '/du-lieu'],
  ['open/api', '/du-lieu/api'],
  ['open/operation', '/du-lieu/api/issue'],
  ['items/feeds', '/nguon-tin'],
  ['subscriptions/ask', '/theo-doi'],
  ['bulletins/item', `${item}/doc`],
  ['bulletins/day', '/truyen-thanh'],
  ['procedures/place', '/dich-vu/noi-o?ten=hoa+an'],
  ['procedures/deadline', '/dich-vu/thoi-han?tu=2026-11-26&so=5'],
  ['petitions/home', '/phan-anh'],
  ['petitions/ask', '/phan-anh/gui'],
  ['petitions/follow', '/phan-anh/tra-cuu'],
  ['petitions/figures', '/phan-anh/thong-ke'],
  ['petitions/brief', '/phan-anh/bao-cao'],
  ...(answered ? [['petitions/public', answered]] : []),
];

const chrome = await launch({
  chromePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  chromeFlags: ['--headless=new', '--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP *.localhost 127.0.0.1'],
});
let low = 0;
console.log(`| template | ${KINDS.join(' | ')} | first paint |\n|---|${KINDS.map(() => '--:').join('|')}|--:|`);
for (const [template, path] of pages) {
  const ran = await lighthouse(base + path, { port: chrome.port, output: 'json', onlyCategories: KINDS, skipAudits: SKIPPED, logLevel: 'error' });
  const { categories, audits } = ran.lhr;
  const scores = KINDS.map((kind) => Math.round((categories[kind].score ?? 0) * 100));
  console.log(`| \`${template}\` | ${scores.join(' | ')} | ${audits['first-contentful-paint'].displayValue} |`);
  for (const [at, kind] of KINDS.entries()) {
    if (scores[at] >= LEAST) continue;
    low += 1;
    const wrong = categories[kind].auditRefs.filter(({ id, weight }) => weight > 0 && (audits[id].score ?? 1) < 0.9);
    console.error(`${template} ${kind}: ${wrong.map(({ id }) => `${id} (${audits[id].displayValue ?? audits[id].title})`).join(', ')}`);
  }
}
await chrome.kill();
process.exit(low ? 1 : 0);
