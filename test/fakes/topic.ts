import type { PublishedEvent, Topic } from '../../lib/profile/ports.ts'

/** The events topic: remembers what was published, in order. */
export function createFakeTopic() {
  const published: PublishedEvent[] = []
  const topic = {
    published,
    isDown: false,
    async publish(events: readonly PublishedEvent[]) {
      if (topic.isDown) throw new Error('the topic is down')
      published.push(...events)
    },
    /** What was told, each event as `type status position`. */
    told: () =>
      published.map((event) =>
        [event.type, event.status, 'position' in event ? event.position : undefined]
          .filter((part) => part !== undefined)
          .join(' '),
      ),
  }
  return topic satisfies Topic
}
