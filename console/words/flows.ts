type FlowWord = { word: string; tone: string; meaning: string }

const flows: Readonly<Record<string, FlowWord>> = {
  'not-limited': { word: 'not limited', tone: 'good', meaning: 'No trouble is known.' },
  limited: {
    word: 'limited',
    tone: 'warn',
    meaning: 'ThingSpace had trouble. The limit rises with successes.',
  },
  paused: { word: 'paused', tone: 'warn', meaning: 'ThingSpace asked to wait. Orders are held.' },
  stopped: {
    word: 'stopped',
    tone: 'bad',
    meaning: 'All calls failed. Orders are held until ThingSpace answers a harmless call.',
  },
}

/** How the calls with a credential set are limited. */
export const flowWord = (state: string): FlowWord => flows[state] ?? { word: state, tone: 'quiet', meaning: '' }
