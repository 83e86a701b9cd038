// One-time links to secrets over the platform: which can be used, and the making of the secret, on record before it is shown. For apis/access-keys; links are
// made by the admin API.
import type { KeyLinks } from '#apis/access-keys/access-keys-api.ts';
import { hashSecret, makeClientSecret } from '#auth/secrets.ts';
import type { Clock } from '#base/clock.ts';
import type { Random } from '#base/random.ts';
import type { Application, PlatformStore, RegisterEntry } from '#store/store.ts';

/** Whatever has become of a link, it is forgotten when it could not be used any more. */
export const oneTimeLinkStates = ['waiting', 'used', 'replaced'] as const;

type KeyLinksDeps = {
  readonly platform: PlatformStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Puts what waits to be recorded into the audits. */
  readonly deliver: () => Promise<void>;
  readonly tokenEndpoint: () => string;
};

type Usable = { readonly entry: RegisterEntry; readonly application: Application; readonly expiresAt: number };

/** Builds them. */
export const createKeyLinks = ({ platform, clock, random, deliver, tokenEndpoint }: KeyLinksDeps): KeyLinks => {
  const usable = async (id: string): Promise<Usable | null> => {
    const entry = await platform.registerEntry('one-time-link', id);
    if (entry === null || entry.state !== 'waiting' || entry.application === null) return null;
    const { expiresAt } = entry.value as { readonly expiresAt: number };
    const now = clock.now();
    if (expiresAt <= now) return null;
    const application = await platform.application(entry.application);
    if (application === null || application.disabled || application.jwks !== null) return null;
    const hasSecret = application.secrets.some((one) => one.expiresAt === null || one.expiresAt > now);
    return hasSecret ? null : { entry, application, expiresAt };
  };

  const record = async ({ entry, application }: Usable): Promise<void> => {
    const details = `${application.id} ${(entry.value as { readonly request: string }).request}`;
    const at = clock.now();
    await platform.appendPlatformAudit({
      at,
      actor: `link:${entry.id}`,
      operation: 'access keys shown',
      subject: details,
      reason: '',
      notices: [
        {
          organisation: application.owner,
          record: {
            id: random.uuid(),
            at,
            request: random.uuid(),
            issuer: 'local',
            client: `link:${entry.id}`,
            token: '',
            api: 'access-keys',
            operation: 'access keys shown',
            collection: '',
            decision: 'allow',
            rule: 'one-time-link',
            count: null,
            subjects: [],
            seen: null,
            details,
          },
        },
      ],
    });
    // What cannot be put there now waits.
    await deliver().catch(() => {});
  };

  return {
    find: async (id) => {
      const found = await usable(id);
      if (found === null) return null;
      const { application, expiresAt } = found;
      return { client: application.id, name: application.name, expiresAt };
    },
    reveal: async (id) => {
      const found = await usable(id);
      if (found === null) return null;
      const secret = makeClientSecret(random);
      const kept = {
        id: `s-${random.bytes(4).toString('hex')}`,
        hash: await hashSecret(secret, random),
        createdAt: clock.now(),
        expiresAt: null,
      };
      await record(found);
      // Hashing and recording take their time: an application that was shut out or given other keys meanwhile stays so.
      const still = await usable(id);
      if (still === null) return null;
      const { entry, application } = still;
      const isShown = await platform.putRegister({
        entries: [{ ...entry, revision: entry.revision + 1, state: 'used', changedAt: clock.now() }],
        applications: [{ ...application, secrets: [kept] }],
      });
      return isShown ? secret : null;
    },
    tokenEndpoint,
  };
};
