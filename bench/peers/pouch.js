// PouchDB against a server that speaks CouchDB's protocol: node pouch.js DO URL DOCUMENTS FOLDER
// Default batches. One keep-alive agent, as a browser has. After a line that broke, again in a second.
const PouchDB = require('pouchdb');
const http = require('http');
const { load, tell, sleep } = require('./documents');
const [what, url, documents, folder] = process.argv.slice(2);
const TRIES = +process.env.TRIES || 1;
const agent = new http.Agent({ keepAlive: true, maxSockets: 6 });
const options = { skip_setup: true, fetch: (to, how) => { how.agent = agent; return PouchDB.fetch(to, how); } };

async function again(work) {
  for (let tries = 1; ; tries++) {
    try { return { ...await work(), tries }; } catch (error) { if (tries >= TRIES) throw error; await sleep(1000); }
  }
}

async function main() {
  require('fs').mkdirSync(folder, { recursive: true });
  const here = new PouchDB(folder + '/pouch');
  if (what === 'seed') {
    const docs = load(documents).map(({ id, ...rest }) => ({ _id: id, ...rest }));
    for (let at = 0; at < docs.length; at += 500) {
      const bad = (await here.bulkDocs(docs.slice(at, at + 500))).find(result => result.error);
      if (bad) throw new Error(JSON.stringify(bad));
    }
    return tell({ n: docs.length });
  }
  await here.info();
  const centre = new PouchDB(url + '/field', options);
  const begun = process.hrtime.bigint();
  let n = 0, done;
  if (what === 'push') done = await again(() => here.replicate.to(centre));
  if (what === 'pull') done = await again(() => here.replicate.from(centre));
  if (what === 'idle') done = { ...await here.sync(centre), tries: 1 };
  const wall = Number(process.hrtime.bigint() - begun) / 1e9;
  n = what === 'idle' ? 0 : what === 'pull' ? (await here.info()).doc_count : (await centre.info()).doc_count;
  tell({ wall, n, tries: done.tries });
  await here.close();
  process.exit(0);
}
main().catch(error => { tell({ error: String(error && error.stack || error).slice(0, 500) }); process.exit(1); });
