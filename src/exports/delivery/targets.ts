// Makes the places that files can be brought to, of what the operator's file says. Called by app/compose.ts.
import { problem } from '#base/errors.ts';
import type { Random } from '#base/random.ts';
import type { TargetSpec } from '#base/target-spec.ts';
import type { DeliveryTarget } from '../export.ts';
import { deliverToFolder } from './folder.ts';
import { deliverByHttps } from './https-put.ts';
import { deliverBySftp } from './sftp.ts';

/** `readSecret` gives the text of a file, null when it cannot be read. */
export type TargetsDeps = {
  readonly readSecret: (file: string) => string | null;
  readonly random: Pick<Random, 'uuid'>;
};

/** The targets, each of which answers a failure of whatever kind as HUB-422, in words that hold no secret. */
export const createTargets = (specs: readonly TargetSpec[], deps: TargetsDeps): readonly DeliveryTarget[] =>
  specs.map((spec) => {
    const { name, organisation } = spec;
    const deliver = deliveryOf(spec, deps);
    return {
      name,
      organisation,
      deliver: async (content, fileName, signal) => {
        try {
          return await deliver(content, fileName, signal);
        } catch (error) {
          return { ok: false, problem: problem('HUB-422', whatHappened(error)) };
        }
      },
    };
  });

const deliveryOf = (spec: TargetSpec, { readSecret, random }: TargetsDeps): DeliveryTarget['deliver'] => {
  const secretIn = (file: string | null): string | null => {
    if (file === null) return null;
    const text = readSecret(file);
    if (text === null) throw new SecretMissing();
    return text;
  };
  const line = (file: string | null): string | null => secretIn(file)?.replace(/\r?\n$/, '') ?? null;
  switch (spec.kind) {
    case 'folder':
      return deliverToFolder(spec.path, random);
    case 'https':
      return deliverByHttps({
        url: spec.url,
        authorization: () =>
          spec.user !== null
            ? `Basic ${Buffer.from(`${spec.user}:${line(spec.passwordFile) ?? ''}`).toString('base64')}`
            : spec.tokenFile !== null
              ? `Bearer ${line(spec.tokenFile) ?? ''}`
              : null,
        ca: () => secretIn(spec.caFile),
      });
    case 'sftp':
      return deliverBySftp(
        {
          ...spec,
          password: () => line(spec.passwordFile),
          key: () => secretIn(spec.keyFile),
        },
        random,
      );
  }
};

class SecretMissing extends Error {
  constructor() {
    super('The file that holds the secret cannot be read.');
  }
}

/** Codes of the system are told (`ECONNREFUSED`), messages of others are not: they may hold addresses. */
const whatHappened = (error: unknown): string => {
  if (error instanceof SecretMissing) return error.message;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  return code === null ? 'The connection failed or was broken off.' : `The file could not be brought there: ${code}.`;
};
