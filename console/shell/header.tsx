import { useSignal } from '@preact/signals'
import { access, may, signOut } from '../session/session.ts'
import { account, accounts, chooseAccount } from './account.ts'
import { helpIsOpen } from './help.tsx'
import { go, screenName } from './route.ts'
import { screens } from './screens.ts'
import { searchAddress } from './search.ts'
import { theme, type Theme } from './theme.ts'

const themes: readonly Theme[] = ['auto', 'light', 'dark']

/** Navigation, search, account, theme and the person. */
export function Header() {
  const text = useSignal('')
  const isOpen = useSignal(false)
  const search = (event: Event) => {
    event.preventDefault()
    if (text.value.trim() !== '') go(searchAddress(text.value.trim()))
  }
  const next = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'auto'
  return (
    <header class="top">
      <div class="bar">
        <a href="#/" class="brand">
          Profile Gateway
        </a>
        <form role="search" onSubmit={search}>
          <input
            id="search"
            type="search"
            placeholder="ICCID, EID, IMEI, MDN, request"
            aria-label="Search by any identifier"
            aria-keyshortcuts="/"
            value={text.value}
            onInput={({ currentTarget }) => (text.value = currentTarget.value)}
          />
        </form>
        <button
          type="button"
          class="quiet menu"
          aria-expanded={isOpen.value}
          aria-controls="navigation"
          onClick={() => (isOpen.value = !isOpen.value)}
        >
          Menu
        </button>
        <div class="who">
          <AccountChoice />
          <button type="button" class="quiet" onClick={() => (theme.value = next)}>
            Theme: {theme.value}
          </button>
          <button type="button" class="quiet" aria-keyshortcuts="?" onClick={() => (helpIsOpen.value = true)}>
            Keys
          </button>
          <span class="person">{access.value?.name}</span>
          <button type="button" class="quiet" onClick={signOut}>
            Sign out
          </button>
        </div>
      </div>
      <nav id="navigation" aria-label="Screens" class={isOpen.value ? 'open' : ''}>
        {screens
          .filter(({ key, scope }) => key !== undefined && (scope === undefined || may(scope)))
          .map(({ name, title }) => (
            <a
              key={name}
              href={`#/${name}`}
              aria-current={screenName.value === name ? 'page' : undefined}
              onClick={() => (isOpen.value = false)}
            >
              {title}
            </a>
          ))}
      </nav>
    </header>
  )
}

/** The account whose requests are shown: a choice if the accounts are known, otherwise a field. */
function AccountChoice() {
  const known = accounts.value
  const choose = ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLSelectElement }) =>
    chooseAccount(currentTarget.value.trim())
  return (
    <label class="account">
      <span>Account</span>
      {known.length > 0 ? (
        <select value={account.value} onChange={choose}>
          {known.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      ) : (
        <input value={account.value} onChange={choose} placeholder="0000123456-00001" size={16} />
      )}
    </label>
  )
}
