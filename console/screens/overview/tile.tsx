import { counted } from '../../words/numbers.ts'

export type TileProps = { count: number; title: string; detail: string; tone: string; address: string }

/** A count that leads to its screen. */
export const Tile = ({ count, title, detail, tone, address }: TileProps) => (
  <li>
    <a href={address} class={`tile ${tone}`}>
      <strong>{counted(count)}</strong> <span>{title}</span>
      <small>{detail}</small>
    </a>
  </li>
)
