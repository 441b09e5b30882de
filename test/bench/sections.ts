import type { Section } from './findings.ts'

/** In the order of the document. */
export const sections: Readonly<Record<string, Section>> = {
  'cold-start': {
    title: 'Cold start under the Lambda runtime client',
    patience: { quick: 300, full: 480 },
    load: () => import('./sections/cold-start.ts'),
  },
  load: {
    title: 'Load, first call and memory',
    patience: { quick: 90, full: 300 },
    load: () => import('./sections/load.ts'),
  },
  bundles: {
    title: 'Bytes of the bundles',
    patience: { quick: 60, full: 60 },
    load: () => import('./sections/bundles.ts'),
  },
  warm: {
    title: 'CPU time when warm',
    patience: { quick: 90, full: 300 },
    load: () => import('./sections/warm.ts'),
  },
  counts: {
    title: 'Calls and units of the table',
    patience: { quick: 60, full: 120 },
    load: () => import('./sections/counts.ts'),
  },
  days: {
    title: 'The orders of a day, and an outage',
    patience: { quick: 240, full: 240 },
    load: () => import('./sections/days.ts'),
  },
  upstream: {
    title: 'Sockets and logins at ThingSpace',
    patience: { quick: 60, full: 60 },
    load: () => import('./sections/upstream.ts'),
  },
  bulk: {
    title: 'Bulk',
    patience: { quick: 90, full: 240 },
    load: () => import('./sections/bulk.ts'),
  },
  burst: {
    title: 'A burst of callbacks',
    patience: { quick: 120, full: 480 },
    load: () => import('./sections/burst.ts'),
  },
  freshness: {
    title: 'From a callback to its reader',
    patience: { quick: 180, full: 600 },
    load: () => import('./sections/freshness.ts'),
  },
  console: {
    title: 'The console in a browser',
    patience: { quick: 120, full: 300 },
    load: () => import('./sections/console.ts'),
  },
  'end-to-end': {
    title: 'End to end on the local stack',
    patience: { quick: 120, full: 300 },
    load: () => import('./sections/end-to-end.ts'),
  },
}
