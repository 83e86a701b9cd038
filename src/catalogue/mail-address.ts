// Which addresses letters may be sent to, and which texts may stand in their headers: what could begin another header, or name another addressee, is refused and not
// mended. Asked when somebody subscribes and once more when a letter is made. Pure.
import { limits } from '#base/limits.ts';

const label = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
// One address as it stands in an envelope: no quotes, comments, groups, routes or lists.
const form = new RegExp(
  `^[A-Za-z0-9!#$%&'*+/=?^_\`{|}~-]+(?:\\.[A-Za-z0-9!#$%&'*+/=?^_\`{|}~-]+)*@${label}(?:\\.${label})+$`,
);

/** True for one plain address, `drift@kommune.example`. */
export const isMailAddress = (text: string): boolean =>
  text.length <= limits.mailAddressLength && text.indexOf('@') <= 64 && form.test(text);

/** True for a text of one line that may stand in a header: nothing that ends a line, and nothing that steers or hides. */
export const isHeaderText = (text: string): boolean =>
  text.length > 0 &&
  text.length <= limits.mailHeaderLength &&
  text.isWellFormed() &&
  !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text);
