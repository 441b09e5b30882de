import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import * as z from 'zod/mini'
import { FrozenPlan, PlanPage, type PlanStore, PlanState } from '../../profile/support/plans/frozen-plan.ts'
import { inParallel } from '../../parallel.ts'
import { conditional } from '../table/conditions.ts'
import { entities, itemVersion, readItem } from '../table/items.ts'
import { planKey, planPageKey, planPartition } from '../table/keys.ts'
import { everyItemOf } from '../table/pages.ts'
import { keptAmong, type Table } from '../table/table.ts'
import { joinUpdate } from '../table/update-parts.ts'

const keptSeconds = 24 * 3600

/** Plans of decisions. Everybody who has the id reads the whole partition, so callers check its accounts. */
export function planStore(table: Table): PlanStore {
  const { client, tableName } = table
  return {
    async savePlan({ plan, pages }) {
      const { planId, createdAt } = plan
      const common = { itemVersion, expiresAt: Math.floor(createdAt / 1000) + keptSeconds }
      const put = (item: Record<string, unknown>) => client.send(new PutCommand({ TableName: tableName, Item: item }))
      await inParallel(pages, async (page) => {
        await put({ ...planPageKey(planId, page.page), entity: entities.planPage, ...common, ...page })
      })
      // The plan comes last, so that it never exists without its items.
      await put({ ...planKey(planId), entity: entities.plan, ...common, ...plan })
    },

    async getPlan(planId) {
      const items = await everyItemOf(table, planPartition(planId))
      const plan = items.find(({ entity }) => entity === entities.plan)
      if (plan === undefined) return undefined
      const pages = items.filter(({ entity }) => entity === entities.planPage).map((item) => readItem(PlanPage, item))
      return { plan: readItem(FrozenPlan, plan), pages }
    },

    async getPlanState(planId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: planKey(planId), ConsistentRead: true }),
      )
      const [kept] = keptAmong(table, Item === undefined ? [] : [Item])
      return kept === undefined ? undefined : readItem(z.object({ state: PlanState }), kept).state
    },

    async movePlan(planId, { from, to, at, by }) {
      const values = Object.fromEntries(from.map((state, index) => [`:from${index}`, state]))
      const outcome = await conditional(table, () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: planKey(planId),
            ...joinUpdate({
              set: ['#state = :to', ...(to === 'running' ? ['startedAt = :at', 'startedBy = :by'] : ['endedAt = :at'])],
              condition: [`#state IN (${Object.keys(values).join(', ')})`],
              names: { '#state': 'state' },
              values: { ':to': to, ':at': at, ...(to === 'running' ? { ':by': by } : {}), ...values },
            }),
          }),
        ),
      )
      return outcome.kind === 'written'
    },

    async savePageOutcomes(planId, page, outcomes) {
      await conditional(table, () =>
        client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: planPageKey(planId, page),
            ...joinUpdate({
              set: ['outcomes = :outcomes'],
              condition: ['attribute_exists(pk)', 'attribute_not_exists(outcomes)'],
              values: { ':outcomes': outcomes },
            }),
          }),
        ),
      )
    },
  }
}
