import { UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { FailureName, FailureStore } from '../../profile/failure/failure.ts'
import { conditional } from '../table/conditions.ts'
import { entities, itemVersion } from '../table/items.ts'
import { failureKey, failureListedUnder } from '../table/keys.ts'
import { expiryOf, type Table } from '../table/table.ts'
import { joinUpdate, type UpdatePart } from '../table/update-parts.ts'
import { listedFailure } from './listed-failure.ts'

/**
 * Writes failures. Each device has one item, whose key never changes. The index `byAccount` lists it by account and day
 * while the device is failed or expired. The item of a device that recovered stays, out of the index, so that a
 * repeated older change cannot list it again.
 */
export function failureWriter(table: Table): Pick<FailureStore, 'saveFailure' | 'clearFailure'> {
  const update = async (name: FailureName, keptFrom: number, part: UpdatePart & { version: number }) => {
    const { version, ...rest } = part
    await conditional(table, () =>
      table.client.send(
        new UpdateCommand({
          TableName: table.tableName,
          Key: failureKey(name, name.position),
          ...joinUpdate(
            {
              set: ['version = :version', 'entity = :entity', 'itemVersion = :itemVersion'],
              condition: ['(attribute_not_exists(pk) OR version < :version)'],
              values: { ':version': version, ':entity': entities.failure, ':itemVersion': itemVersion },
            },
            {
              // A retry of an old request may have extended the item already.
              set: ['expiresAt = if_not_exists(expiresAt, :expiresAt)'],
              values: { ':expiresAt': expiryOf(table, keptFrom) },
            },
            rest,
          ),
        }),
      ),
    )
  }

  return {
    async saveFailure(failure, { deviceCount, keptFrom }) {
      const { version, accountName, at, position } = failure
      await update({ ...failure, deviceCount }, keptFrom, {
        version,
        set: ['failure = :failure', 'listedUnder = :under', 'listedAt = :at'],
        values: {
          ':failure': failure,
          ':under': failureListedUnder(accountName, at, position),
          ':at': listedFailure(failure),
        },
      })
    },

    async clearFailure(name, { version, keptFrom }) {
      await update(name, keptFrom, { version, remove: ['failure', 'listedUnder', 'listedAt'] })
    },
  }
}
