// Opaque values that APIs hand out and take back: ids of resources and sealed texts such as cursors. An id is one block of AES over a mark of the
// organisation and the uid: the same for as long as the resource is there, and nothing to anybody without the key. A sealed text is AES-256-GCM,
// bound to application, organisation and purpose. Keys live in the platform store. Called by the hub and by APIs; knows no policy.
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { HubError, problem } from '#base/errors.ts';
import { createMemory } from '#base/memory.ts';
import type { Random } from '#base/random.ts';
import type { PlatformStore } from '#store/store.ts';
import type { QueryContext } from '../query.ts';
import type { Sealing } from './document.ts';

const keyBytes = 32;
const blockBytes = 16;
const markBytes = 8;
const idLength = 22;
const nonceBytes = 12;
const tagBytes = 16;
// Organisations whose marks are remembered, and ids that came back.
const rememberedMarks = 10_000;
const rememberedIds = 10_000;

/** Loads or makes the keys. Rejects with HUB-512 when one is not as a hub makes it. */
export const createSealing = async (platform: PlatformStore, random: Random): Promise<Sealing> => {
  const keyNamed = async (name: string): Promise<Buffer> => {
    const key = await platform.secret(name, () => random.bytes(keyBytes));
    if (key.length !== keyBytes)
      throw new HubError(problem('HUB-512', `The key ${name} of the platform is not as a hub makes it.`));
    return key;
  };
  const [idKey, sealKey] = [await keyNamed('document-ids'), await keyNamed('document-seals')];
  const markKey = idKey.subarray(blockBytes);
  // Blocks have nothing to do with each other in this mode, so one object does for all of them.
  const hide = createCipheriv('aes-128-ecb', idKey.subarray(0, blockBytes), null).setAutoPadding(false);
  const show = createDecipheriv('aes-128-ecb', idKey.subarray(0, blockBytes), null).setAutoPadding(false);
  const marks = new Map<string, Buffer>();

  const markOf = (tenant: string): Buffer => {
    let mark = marks.get(tenant);
    if (mark === undefined) {
      if (marks.size >= rememberedMarks) marks.clear();
      mark = createHmac('sha256', markKey).update(tenant).digest().subarray(0, markBytes);
      marks.set(tenant, mark);
    }
    return mark;
  };

  const block = Buffer.alloc(blockBytes);
  const read = createMemory<number>(rememberedIds);
  const uidOf = (tenant: string, id: string): number | null => {
    const hidden = Buffer.from(id, 'base64url');
    // Bits that no id has would make several texts of one.
    if (hidden.length !== blockBytes || hidden.toString('base64url') !== id) return null;
    const shown = show.update(hidden);
    if (!shown.subarray(0, markBytes).equals(markOf(tenant))) return null;
    const uid = shown.readUInt32BE(markBytes) * 2 ** 32 + shown.readUInt32BE(markBytes + 4);
    return Number.isSafeInteger(uid) ? uid : null;
  };

  return {
    id: (tenant, uid) => {
      block.set(markOf(tenant));
      // A uid has up to 53 bits: more than one write takes.
      block.writeUInt32BE(Math.floor(uid / 2 ** 32), markBytes);
      block.writeUInt32BE(uid % 2 ** 32, markBytes + 4);
      return hide.update(block).toString('base64url');
    },
    readId: (tenant, id) => {
      if (id.length !== idLength) return null;
      const key = `${tenant} ${id}`;
      const known = read.get(key);
      if (known !== undefined) return known;
      const uid = uidOf(tenant, id);
      if (uid !== null) read.set(key, uid);
      return uid;
    },
    seal: (context, purpose, text) => {
      const nonce = random.bytes(nonceBytes);
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce, { authTagLength: tagBytes });
      cipher.setAAD(boundTo(context, purpose));
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64url');
    },
    open: (context, purpose, sealed) => {
      const bytes = Buffer.from(sealed, 'base64url');
      if (bytes.length < nonceBytes + tagBytes || bytes.toString('base64url') !== sealed) return null;
      const [nonce, tag] = [bytes.subarray(0, nonceBytes), bytes.subarray(bytes.length - tagBytes)];
      const decipher = createDecipheriv('aes-256-gcm', sealKey, nonce, { authTagLength: tagBytes });
      decipher.setAAD(boundTo(context, purpose));
      decipher.setAuthTag(tag);
      const text = decipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes));
      try {
        decipher.final();
      } catch {
        return null;
      }
      return text.toString();
    },
  };
};

const boundTo = ({ principal }: Pick<QueryContext, 'principal'>, purpose: string): Buffer =>
  Buffer.from(JSON.stringify([principal.tenant, principal.client, purpose]));
