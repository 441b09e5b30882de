import { type Bench, exactly, type Findings, number } from '../findings.ts'
import { loginsOf, socketsOf } from '../measuring/upstream.ts'

const calls = 1000
const environments = [20, 200]

/** Connections and logins are counted, not timed. */
export async function run({ say }: Bench): Promise<Findings> {
  const sockets = await socketsOf(calls)
  say(`${sockets} socket for ${calls} calls`)
  const logins = []
  for (const count of environments) logins.push({ count, made: await loginsOf(count) })
  const most = logins.at(-1)
  return {
    method: [
      `Sockets: one environment's client makes ${number(calls)} calls to a server that counts connections, half of them in sequence and half concurrently. Logins: environments that share the token record find at the same virtual time that ThingSpace has ended their session (\`test/simulation/credential-storm.ts\`).`,
    ],
    tables: [
      {
        title: 'Sockets and logins',
        head: ['What', 'Count'],
        rows: [
          [`sockets of one environment for ${number(calls)} calls`, number(sockets)],
          ...logins.map(({ count, made }) => [`logins of ${number(count)} environments for one ended session`, made]),
        ],
      },
    ],
    targets: [
      exactly('upstream sockets of an environment', 1, sockets),
      exactly(`logins per epoch with ${most?.count} environments`, 1, most?.made ?? Number.NaN),
    ],
    plots: [],
  }
}
