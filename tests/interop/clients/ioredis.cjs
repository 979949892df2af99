// Stores and reads keys by ioredis's Cluster: ioredis.cjs <port> <count>.
//
// Says `ready` once it knows the cluster, waits for a line, stores key:<i> = <i> and reads it, says how many were right.
const Redis = require('ioredis');

async function main() {
  const [port, count] = process.argv.slice(2).map(Number);
  const cluster = new Redis.Cluster([{ host: '127.0.0.1', port }]);
  cluster.on('error', (error) => console.error(error.message));
  await new Promise((resolve) => cluster.once('ready', resolve));
  console.log('ready', cluster.nodes().length);
  await new Promise((resolve) => process.stdin.once('data', resolve));
  let stored = 0;
  let read = 0;
  for (let i = 0; i < count; ++i) stored += (await cluster.set(`key:${i}`, i)) === 'OK';
  for (let i = 0; i < count; ++i) read += (await cluster.get(`key:${i}`)) === String(i);
  console.log('done', stored, read);
  cluster.disconnect();
  process.exit(0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
