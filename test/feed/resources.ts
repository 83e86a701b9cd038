// What is written and read in this folder. A few shared pupils that all writers change, each change carrying the token of its transaction; and
// marks, resources of one transaction alone, by which it is known again. Used by writer.ts, reader.ts and checker.ts.
import { elev, elevforhold, entry, skole, to } from '../store/conformance/world.ts';
import type { Entry } from '../store/conformance/world.ts';

export const organisation = 'a.test';
export { elev, elevforhold, skole };
/** All that a transaction of a writer changes. */
export const paths = [elev, elevforhold, skole] as const;
export const sharedKeys: readonly string[] = ['E0', 'E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'E7'];

/** A shared pupil as a transaction leaves it. */
export const shared = (key: string, number: string, token: string): Entry =>
  entry(elev, { systemid: key, elevnummer: number }, { attributes: { kontaktinformasjon: { epostadresse: token } } });

/** A mark of a transaction: an enrolment of a pupil that shows a link to it, or a school. */
export const mark = (token: string, index: number, pupil: string | null): Entry =>
  pupil === null
    ? entry(skole, { systemid: `${token}-${index}`, skolenummer: `${token}-${index}` })
    : entry(
        elevforhold,
        { systemid: `${token}-${index}` },
        { attributes: { beskrivelse: token }, links: { elev: [to(elev, 'systemid', pupil)] } },
      );

/** The transaction that made a mark. */
export const tokenOf = (id: string): string => id.slice(0, id.lastIndexOf('-'));

type Body = {
  readonly systemId: { readonly identifikatorverdi: string };
  readonly elevnummer?: { readonly identifikatorverdi: string };
  readonly kontaktinformasjon?: { readonly epostadresse: string };
};

/** What a stored body says: systemid, number, and of a shared pupil the transaction that wrote it. */
export const readBody = (
  bytes: Buffer | string,
): { readonly id: string; readonly number: string; readonly token: string } => {
  const body: Body = JSON.parse(bytes.toString());
  return {
    id: body.systemId.identifikatorverdi,
    number: body.elevnummer?.identifikatorverdi ?? '',
    token: body.kontaktinformasjon?.epostadresse ?? '',
  };
};
