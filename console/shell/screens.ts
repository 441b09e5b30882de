import type { ComponentType } from 'preact'
import { AuditScreen } from '../screens/operate/audit-screen.tsx'
import { DeadLettersScreen } from '../screens/operate/dead-letters-screen.tsx'
import { ListenersScreen } from '../screens/operate/listeners-screen.tsx'
import { LoginsScreen } from '../screens/operate/logins-screen.tsx'
import { MessageScreen } from '../screens/operate/message-screen.tsx'
import { QuarantineScreen } from '../screens/operate/quarantine-screen.tsx'
import { OrderScreen } from '../screens/order/order-screen.tsx'
import { CardScreen } from '../screens/card/card-screen.tsx'
import { RequestScreen } from '../screens/request/request-screen.tsx'
import { DecisionsScreen } from '../screens/decisions/decisions-screen.tsx'
import { EvidenceScreen } from '../screens/evidence/evidence-screen.tsx'
import { FailuresScreen } from '../screens/failures/failures-screen.tsx'
import { OverviewScreen } from '../screens/overview/overview-screen.tsx'
import { SearchScreen } from '../screens/search/search-screen.tsx'
import { RequestsScreen } from '../screens/requests/requests-screen.tsx'

export type Screen = {
  name: string
  /** In the navigation, and as the title of the page. */
  title: string
  /** The key that follows `g` and leads here. */
  key?: string
  /** The scope without which the screen is not offered. */
  scope?: string
  /** Whether the address goes on with an id behind the name. */
  isDetail?: true
  show: ComponentType
}

/** The screens. Those with a key are in the navigation, in this order. */
export const screens: readonly Screen[] = [
  { name: 'overview', title: 'Overview', key: 'o', show: OverviewScreen },
  { name: 'decisions', title: 'Decisions', key: 'd', show: DecisionsScreen },
  { name: 'requests', title: 'Requests', key: 'r', show: RequestsScreen },
  { name: 'failures', title: 'Failures', key: 'f', show: FailuresScreen },
  { name: 'quarantine', title: 'Quarantine', key: 'q', scope: 'profiles:operate', show: QuarantineScreen },
  { name: 'dead-letters', title: 'Dead letters', key: 'e', scope: 'profiles:operate', show: DeadLettersScreen },
  { name: 'listeners', title: 'Listeners', key: 'i', scope: 'profiles:operate', show: ListenersScreen },
  { name: 'logins', title: 'Logins and calls', key: 'l', scope: 'profiles:operate', show: LoginsScreen },
  { name: 'audit', title: 'Audit', key: 'a', scope: 'profiles:operate', show: AuditScreen },
  { name: 'order', title: 'New order', key: 'n', scope: 'profiles:write', show: OrderScreen },
  { name: 'requests', title: 'Request', isDetail: true, show: RequestScreen },
  {
    name: 'quarantine',
    title: 'Message in quarantine',
    scope: 'profiles:operate',
    isDetail: true,
    show: MessageScreen,
  },
  { name: 'cards', title: 'Card', isDetail: true, show: CardScreen },
  { name: 'evidence', title: 'Evidence', isDetail: true, show: EvidenceScreen },
  { name: 'search', title: 'Search', show: SearchScreen },
]

/** The screen of an address. */
export const screenOf = (path: readonly string[]): Screen | undefined =>
  screens.find(
    ({ name, isDetail = false }) =>
      name === (path[0] ?? 'overview') && isDetail === (path[0] !== undefined && path.length > 1),
  )
