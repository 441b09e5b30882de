/** Goals that the gateway does not meet today, with the reason. `npm run storms` fails if another goal is not met. */
export const notMet: Readonly<Record<string, string>> = {
  'single orders, direct, ThingSpace takes 8 calls/s and asks to wait 30 s: 99th percentile to ThingSpace beside a bulk order / alone':
    'the calls of the bulk order bring 429s, which pause the whole credential set and lower its limit below what the single orders alone need',
  'single orders, direct, ThingSpace takes 8 calls/s and asks to wait 1 s: 99th percentile to ThingSpace beside a bulk order / alone':
    'the same with shorter pauses; a single order that meets a pause or a full limit comes back later each time',
}
