// What the gate says of one difference to whoever wants to release it. Used by the command; the dates are those of Norway.
import { norwegianTime } from '../calendar.ts';
import type { Words } from '../contract.ts';
import { contracts } from '../policies.ts';
import type { JudgedFinding } from './judge.ts';

/** Why it may be released or not, and from when on. */
export const verdictText = ({ verdict, status, change, earliest }: JudgedFinding): Words => {
  const contract = contracts[status] ?? status;
  const day = earliest === null ? '' : norwegianTime(earliest);
  switch (verdict) {
    case 'free':
      return { nb: 'Trenger ikke varsles.', en: 'Takes no notice.' };
    case 'announced':
      return { nb: `Varslet (${change}).`, en: `Announced (${change}).` };
    case 'emergency':
      return {
        nb: `Brudd på kontrakten, varslet som nødstilfelle (${change}).`,
        en: `A breach of the contract, announced as an emergency (${change}).`,
      };
    case 'unannounced':
      return {
        nb: `Kontrakten er ${contract}, og ingen har varslet det. Varsles det nå, kan det slippes ${day}.`,
        en: `The contract is ${contract}, and nobody has announced it. Announced now, it may be released on ${day}.`,
      };
    case 'too-early':
      return {
        nb: `Kontrakten er ${contract}. Det er varslet (${change}) og kan slippes ${day}.`,
        en: `The contract is ${contract}. It is announced (${change}) and may be released on ${day}.`,
      };
    case 'frozen':
      return {
        nb: `Delen er ${status} og endres ikke. Er en feil rettet, må endringen stå i changes.yaml.`,
        en: `The part is ${status} and does not change. If a fault is mended, the change has to stand in changes.yaml.`,
      };
  }
};
