// What both clients of this folder share: reading the documents, waiting for the word, one line of JSON out.
const fs = require('fs');
exports.load = path => fs.readFileSync(path, 'utf8').split('\n').filter(Boolean).map(line => JSON.parse(line));
exports.tell = results => process.stdout.write(JSON.stringify(results) + '\n');
exports.sleep = ms => new Promise(done => setTimeout(done, ms));
