// What grants and links have to do with the agreement register: which agreement they rest on, whether there must be one, and how long they may last
// by it. Used by grants.ts, links.ts and the decisions on requests.
import { formatInstant } from '#base/clock.ts';
import type { ProblemItem } from '#base/errors.ts';
import {
  agreementOf,
  exceedsAgreement,
  isAgreementStanding,
  leanedOn,
  withinAgreement,
  type Agreement,
  type Period,
} from '#catalogue/access/agreement.ts';
import type { AdminCall } from './call.ts';
import type { AdminPorts, Application, Environment, RegisterEntry } from './ports.ts';

/** What is about to be given, as far as agreements go. */
export type Leaning = {
  readonly organisation: string;
  readonly application: Application;
  /** Id or reference of the agreement; null = none is named. */
  readonly named: string | null;
  readonly period: Period;
  /** Where findings about the name and about the end stand. */
  readonly at: { readonly agreement: string; readonly to: string };
};

/** On which registered agreement it rests, if on any, and for how long. */
export type Leant = {
  readonly agreementId: string | null;
  readonly period: Period;
  readonly warnings: readonly ProblemItem[];
  /** To be put with what is given. */
  readonly entries: readonly RegisterEntry[];
};

/** Agreements between two organisations that nobody has ended and whose period is not over, with their entries. */
export const standingAgreements = async (
  { platform, clock }: AdminPorts,
  organisation: string,
  processor: string,
): Promise<readonly { readonly agreement: Agreement; readonly entry: RegisterEntry }[]> => {
  const entries = await platform.registerEntries({ kind: 'agreement', organisation, state: 'live' });
  return entries
    .map((entry) => ({ agreement: agreementOf(entry), entry }))
    .filter(({ agreement }) => agreement.processor === processor && isAgreementStanding(agreement, clock.now()));
};

/** Whether what is given for an environment has to rest on a registered agreement, as the hub is set. */
export const isAgreementRequired = (agreements: AdminPorts['agreements'], environment: Environment): boolean =>
  (agreements ?? (environment === 'production' ? 'required' : 'advised')) === 'required';

/** An organisation needs no agreement with itself. */
const isRequired = ({ agreements }: AdminPorts, { organisation, application }: Leaning): boolean =>
  application.owner !== organisation && isAgreementRequired(agreements, application.environment);

/**
 * Finds the registered agreement that something rests on. Where there must be one, another name and a longer period are findings; where not, a name that the
 * register does not have is kept as it is.
 */
export const leanOnAgreement = async (call: AdminCall, leaning: Leaning, errors: ProblemItem[]): Promise<Leant> => {
  const { ports } = call;
  const { organisation, application, named, period, at } = leaning;
  const none: Leant = { agreementId: null, period, warnings: [], entries: [] };
  if (application.owner === organisation) return none;
  const standing = await standingAgreements(ports, organisation, application.owner);
  const found = standing.find(({ agreement: { id, reference } }) => id === named || reference === named);
  if (found === undefined) {
    const message = `must be a registered agreement with ${application.owner} that is live`;
    if (isRequired(ports, leaning)) errors.push({ at: at.agreement, message });
    // Whoever registers none is not told with every grant.
    const warned = standing.length > 0 && !isRequired(ports, leaning);
    return warned
      ? {
          ...none,
          warnings: [
            { at: at.agreement, message: `names none of the registered agreements with ${application.owner}` },
          ],
        }
      : none;
  }
  const { agreement, entry } = found;
  if (exceedsAgreement(period, agreement))
    errors.push({
      at: at.to,
      message: `the agreement ends ${agreement.to === null ? '' : formatInstant(agreement.to)}`,
    });
  return {
    agreementId: agreement.id,
    period: withinAgreement(period, agreement),
    warnings: [],
    entries: [leanedOn(entry, ports.clock.now())],
  };
};
