/** Goals that the gateway does not meet today, with the reason. `npm run storms` fails if another goal is not met. */
export const notMet: Readonly<Record<string, string>> = {
  'single orders, direct, ThingSpace takes 8 calls/s and asks to wait 30 s: 99th percentile to ThingSpace beside a bulk order / alone':
    'the calls of the bulk order bring a 429, and its `Retry-After` pauses the whole credential set, single orders included',
  'single orders, direct, ThingSpace takes 8 calls/s and asks to wait 1 s: 99th percentile to ThingSpace beside a bulk order / alone':
    'a single order that meets a pause or a full limit is held for 1 to 5 s at first, and for longer each time',
}
