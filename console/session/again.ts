import * as z from 'zod/mini'

// The window in which a person signs in again hands the issuer's answer to the page by a channel of this origin. It does
// not use `window.opener`, which an issuer's page may cut off.
const channelName = 'console.sign-in-again'

/** Hands over the issuer's answer and closes the window. False if this window was not opened for that. */
export function deliverSignIn(): boolean {
  const answer = new URLSearchParams(location.search)
  if (answer.get('state')?.startsWith('again.') !== true) return false
  const channel = new BroadcastChannel(channelName)
  // A channel has only one origin, unlike a window.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  channel.postMessage(location.search)
  channel.close()
  document.body.textContent = 'You are signed in again. You can close this window.'
  window.close()
  return true
}

/** Resolves with the issuer's answer to the sign-in with this state. */
export async function waitForSignIn(state: string): Promise<URLSearchParams> {
  return new Promise((resolve) => {
    const channel = new BroadcastChannel(channelName)
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const answer = new URLSearchParams(z.string().safeParse(data).data ?? '')
      if (answer.get('state') !== state) return
      channel.close()
      resolve(answer)
    })
  })
}
