// RxDB (memory storage, default batches) over its HTTP replication: node rx.mjs DO URL DOCUMENTS FOLDER
import { createRequire } from 'module';
import { createRxDatabase } from 'rxdb';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { replicateRxCollection } from 'rxdb/plugins/replication';
const { load, tell, sleep } = createRequire(import.meta.url)('./documents.js');
const [what, url, documents] = process.argv.slice(2);
if (what === 'seed') { tell({ n: 0 }); process.exit(0); }  // its store is in memory: push begins with the documents
const text = { type: 'string' }, number = { type: 'number' };
const properties = {
  id: { type: 'string', maxLength: 40 }, kind: text, incident_id: text, version: number, form_version: number, author: text, role: text,
  device_id: text, created_at: text, updated_at: text, answers: { type: 'object' }, signatures: { type: 'array' },
};
const schema = { version: 0, primaryKey: 'id', type: 'object', properties, required: ['id'] };
const db = await createRxDatabase({ name: 'bench' + process.pid, storage: getRxStorageMemory(), multiInstance: false, eventReduce: false });
await db.addCollections({ record: { schema } });
if (what === 'push') {
  const docs = load(documents);
  for (let at = 0; at < docs.length; at += 500) await db.record.bulkInsert(docs.slice(at, at + 500));
}
const post = (path, body) => fetch(url + path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

async function replicate() {
  const moved = { pushed: 0, pulled: 0 };
  const replication = replicateRxCollection({
    collection: db.record, replicationIdentifier: 'bench' + url, live: false, retryTime: 1000, waitForLeadership: false,
    push: { async handler(rows) { const answer = await post('/push', rows); moved.pushed += rows.length; return answer.json(); } },
    pull: { async handler(at, limit) {
      const answer = await (await fetch(`${url}/pull?after=${at ? at.seq : 0}&limit=${limit}`)).json();
      moved.pulled += answer.documents.length;
      return { documents: answer.documents.map(document => ({ ...document, _deleted: false })), checkpoint: answer.checkpoint };
    } },
  });
  await replication.awaitInitialReplication();
  await replication.cancel();
  return moved;
}

if (what === 'idle') { await replicate(); await sleep(6000); }  // until the connection is let go: then it is a new one
const begun = process.hrtime.bigint();
const moved = await replicate();
const n = { push: moved.pushed, pull: moved.pulled }[what] || 0;
tell({ wall: Number(process.hrtime.bigint() - begun) / 1e9, n, tries: 1 });
process.exit(0);
