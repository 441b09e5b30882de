import { cloudEvent } from '../../lib/events/cloud-event.ts'
import { sendableJson } from '../../lib/events/sendable.ts'
import { requireSendable, snsLimits } from './messaging-limits.ts'
import type { PublishedEvent, Topic } from '../../lib/profile/request/event-types.ts'

/** The events topic. It records what was published, in order. */
export function createFakeTopic() {
  const published: PublishedEvent[] = []
  const topic = {
    published,
    isDown: false,
    async publish(events: readonly PublishedEvent[]) {
      if (topic.isDown) throw new Error('the topic is down')
      // Any event must fit into one batch with nine others.
      for (const event of events)
        requireSendable(
          Array.from({ length: 10 }, () => sendableJson(cloudEvent(event, 'whole'))),
          snsLimits,
        )
      published.push(...events)
    },
    /** The published events, each as `type status position`. */
    told: () =>
      published.map((event) =>
        [event.type, event.status, 'position' in event ? event.position : undefined]
          .filter((part) => part !== undefined)
          .join(' '),
      ),
  }
  return topic satisfies Topic
}
