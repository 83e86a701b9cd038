// Opaque values that the hub hands out and takes back: feed positions, resource ids, ETags and audit pseudonyms. Bound to the organisation
// and (positions, ETags) to the application, so that nobody else's mean anything. Keys live in the platform store and survive restarts.
import { hash, timingSafeEqual } from 'node:crypto';
import { HubError, problem } from '#base/errors.ts';
import { createMemory } from '#base/memory.ts';
import type { Random } from '#base/random.ts';
import type { PlatformStore } from '#store/store.ts';
import type { Principal } from './principal.ts';

/** A place in the feed of a collection, with what its follower could see when it was there. */
export type FeedPosition = {
  /** Position of the last change told; 0 = none. */
  readonly after: number;
  /** Position of the last change of the collection when the follower began to read with this access: anew, or after a difference. */
  readonly seen: number;
  /** Position of the collection's last change when the last page was read: what had gone by then may never have been told. */
  readonly top: number;
  /** Id of the FollowState that the follower's copy is of. */
  readonly follow: string;
  /** Short form of the name of the feed's epoch. */
  readonly epoch: number;
  /** While a difference is being told: the last uid told, the FollowState that it leads to, and `seen` of that one. */
  readonly cursor: { readonly uid: number; readonly to: string; readonly seen: number } | null;
};

export type Tokens = {
  /** Never the same twice: that a follower's access has changed in a way that it does not see must not show in its positions. */
  readonly position: (principal: Principal, collection: string, position: FeedPosition) => string;
  /** Null when the token is not one that this caller got for this collection. */
  readonly readPosition: (principal: Principal, collection: string, token: string) => FeedPosition | null;
  readonly uid: (tenant: string, uid: number) => string;
  readonly etag: (parts: readonly (string | number)[]) => string;
  /** For the audit: the same resource always gets the same one, and nobody without the key can tell whose. */
  readonly pseudonym: (tenant: string, subject: string) => string;
};

const keyBytes = 32;
const markBytes = 12;
const nonceBytes = 3;
/** Bytes of a FollowState's id. */
export const followIdBytes = 8;
// Positions that have been found right, with what they stand for; and as many pseudonyms and ETags.
const remembered = 10_000;

/** Loads or makes the keys. Rejects with HUB-512 when one is not as it was made. */
export const createTokens = async (platform: PlatformStore, random: Random): Promise<Tokens> => {
  const keyNamed = async (name: string): Promise<Buffer> => {
    const key = await platform.secret(name, () => random.bytes(keyBytes));
    if (key.length !== keyBytes)
      throw new HubError(problem('HUB-512', `The key ${name} of the platform is not as a hub makes it.`));
    return key;
  };
  const [positionKey, uidKey, etagKey, auditKey] = [
    await keyNamed('positions'),
    await keyNamed('uids'),
    await keyNamed('etags'),
    await keyNamed('audit-pseudonyms'),
  ];
  const positionMac = keyed(positionKey);
  const uidMac = keyed(uidKey);
  const auditMac = keyed(auditKey);
  const markOf = (principal: Principal, collection: string, bytes: Buffer): Buffer =>
    positionMac(`${principal.tenant}\n${principal.client}\n${collection}\n${bytes.toString('hex')}`).subarray(
      0,
      markBytes,
    );
  /** Positions count what happens in the whole organisation: nobody may read them. The mark, different for each, is what hides them. */
  const hide = (bytes: Buffer, mark: Buffer): Buffer => {
    const hex = mark.toString('hex');
    const cover = Buffer.concat([positionMac(`cover\n${hex}`), positionMac(`cover 2\n${hex}`)]);
    return Buffer.from(bytes.map((byte, index) => byte ^ (cover[index] ?? 0)));
  };
  const positions = createMemory<FeedPosition>(remembered);
  const pseudonyms = createMemory<string>(remembered);
  const etags = createMemory<string>(remembered);
  const etagSalt = etagKey.toString('base64url');

  return {
    position: (principal, collection, position) => {
      const bytes = Buffer.concat([positionToBytes(position), random.bytes(nonceBytes)]);
      const mark = markOf(principal, collection, bytes);
      return Buffer.concat([hide(bytes, mark), mark]).toString('base64url');
    },
    readPosition: (principal, collection, token) => {
      // Whoever waits for news asks with the same token again and again.
      const key = `${principal.tenant}\n${principal.client}\n${collection}\n${token}`;
      const known = positions.get(key);
      if (known !== undefined) return known;
      const raw = Buffer.from(token, 'base64url');
      if (raw.length !== positionBytes + nonceBytes + markBytes || raw.toString('base64url') !== token) return null;
      const mark = raw.subarray(positionBytes + nonceBytes);
      const bytes = hide(raw.subarray(0, positionBytes + nonceBytes), mark);
      if (!timingSafeEqual(mark, markOf(principal, collection, bytes))) return null;
      const position = positionFromBytes(bytes);
      positions.set(key, position);
      return position;
    },
    uid: (tenant, uid) => uidMac(`${tenant}\n${uid}`).subarray(0, 15).toString('base64url'),
    etag: (parts) => {
      const text = parts.join('\n');
      const known = etags.get(text);
      if (known !== undefined) return known;
      const made = hash('sha1', `${etagSalt}\n${text}`, 'base64url').slice(0, 22);
      etags.set(text, made);
      return made;
    },
    pseudonym: (tenant, subject) => {
      const key = `${tenant}\n${subject}`;
      const known = pseudonyms.get(key);
      if (known !== undefined) return known;
      const made = auditMac(key).subarray(0, 15).toString('base64url');
      pseudonyms.set(key, made);
      return made;
    },
  };
};

// after, seen, top, follow, epoch; uid, to and seen of the cursor, all zero without one. Of one length, so that none shows what it is about.
const positionBytes = 6 + 6 + 6 + followIdBytes + 3 + 7 + followIdBytes + 6;

const positionToBytes = ({ after, seen, top, follow, epoch, cursor }: FeedPosition): Buffer => {
  const bytes = Buffer.alloc(positionBytes);
  bytes.writeUIntBE(after, 0, 6);
  bytes.writeUIntBE(seen, 6, 6);
  bytes.writeUIntBE(top, 12, 6);
  bytes.write(follow, 18, followIdBytes, 'base64url');
  bytes.writeUIntBE(epoch, 26, 3);
  if (cursor === null) return bytes;
  // A uid has up to 53 bits: more than one write takes.
  bytes[29] = Math.floor(cursor.uid / 2 ** 48);
  bytes.writeUIntBE(cursor.uid % 2 ** 48, 30, 6);
  bytes.write(cursor.to, 36, followIdBytes, 'base64url');
  bytes.writeUIntBE(cursor.seen, 44, 6);
  return bytes;
};

const positionFromBytes = (bytes: Buffer): FeedPosition => {
  const uid = (bytes[29] ?? 0) * 2 ** 48 + bytes.readUIntBE(30, 6);
  const id = (at: number): string => bytes.toString('base64url', at, at + followIdBytes);
  return {
    after: bytes.readUIntBE(0, 6),
    seen: bytes.readUIntBE(6, 6),
    top: bytes.readUIntBE(12, 6),
    follow: id(18),
    epoch: bytes.readUIntBE(26, 3),
    cursor: uid === 0 ? null : { uid, to: id(36), seen: bytes.readUIntBE(44, 6) },
  };
};

const blockBytes = 64;

/** HMAC-SHA-256 under one key (RFC 2104), from one-shot hashes: half the cost of an object per call. The key is at most a block long. */
const keyed = (key: Buffer): ((text: string) => Buffer) => {
  const padded = Buffer.concat([key, Buffer.alloc(blockBytes - key.length)]);
  const inner = padded.map((byte) => byte ^ 0x36);
  const outer = Buffer.alloc(blockBytes + 32);
  outer.set(padded.map((byte) => byte ^ 0x5c));
  return (text) => {
    outer.set(hash('sha256', Buffer.concat([inner, Buffer.from(text)]), 'buffer'), blockBytes);
    return hash('sha256', outer, 'buffer');
  };
};
