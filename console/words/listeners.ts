type OrdersWord = { word: string; tone: string; meaning: string }

const orders: Readonly<Record<string, OrdersWord>> = {
  served: { word: 'served', tone: 'good', meaning: 'Orders are accepted: their results can arrive.' },
  'in-doubt': { word: 'in doubt', tone: 'warn', meaning: 'Orders are accepted with a warning.' },
  refused: { word: 'refused', tone: 'bad', meaning: 'Orders are refused, because their results could not arrive.' },
}

const registrations: Readonly<Record<string, string>> = {
  current: 'ours',
  repaired: 'was absent, now ours',
  absent: 'absent',
  'other-address': 'belongs to another system',
  'old-credentials': 'ours, with an old password',
  'not-known': 'ThingSpace could not be asked',
  refused: 'ThingSpace refused ours',
}

/** What happens to the orders of an account or of one of its services. */
export const ordersWord = (state: string): OrdersWord => orders[state] ?? { word: state, tone: 'quiet', meaning: '' }

/** What the last check of a callback registration found. */
export const registrationWord = (state: string | null): string =>
  state === null ? 'never checked' : (registrations[state] ?? state.replaceAll('-', ' '))
