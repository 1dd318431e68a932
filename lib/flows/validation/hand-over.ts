import { stat } from 'node:fs/promises';
import type { Hex } from 'viem';
import { agentStateKind, agentStatePath } from '../../core/agent-state.ts';
import type { Outcome } from '../../core/flow.ts';
import { type AgentName, type OfferId, wireId } from '../../core/ids.ts';
import type { Snapshot } from '../../core/snapshot.ts';
import { blindingKeyOf } from '../../delivery/blinding.ts';
import { type HandoverFile, packHandover } from '../../delivery/handover.ts';
import { toHex } from '../../delivery/hex.ts';
import { presignDownload } from '../../delivery/presign.ts';
import { sealUrl } from '../../delivery/sealed-url.ts';
import { ensureHandover } from '../../delivery/upload-handover.ts';
import { type OfferNote, offerKind, offerPath } from '../../market/notes/offer-note.ts';
import { sharedSettings } from '../../products/settings.ts';
import { encodeNote } from '../../vault/codec.ts';
import { type HandedPackage, jobPath, type ValidationJob, validationJobKind } from './job-note.ts';
import { MAX_PACKAGE_BYTES, REUSE_SECONDS } from './limits.ts';
import { done } from './outcome.ts';
import type { ValidationPorts } from './ports.ts';

/**
 * Hands an offer's goods and inputs to a validator, or renews the URLs of what was handed over already. Returns no outcome if
 * the goods or an input are not on this disk.
 */
export async function handOver(
  { offer: id, validator, since }: { readonly offer: OfferId; readonly validator: AgentName; readonly since?: number },
  reason: string,
  snapshot: Snapshot,
  ports: ValidationPorts,
): Promise<Outcome | undefined> {
  const { me, vault } = snapshot;
  const offer = vault.note(offerKind, offerPath(me.name, id))?.data;
  // Only a validator in the wallet directory has signed the recipient that its state names.
  const state = snapshot.directory.has(validator) ? vault.note(agentStateKind, agentStatePath(validator)) : undefined;
  const recipient = state?.data.deliveryRecipient;
  if (offer === undefined || recipient === undefined) return undefined;
  const goods = await goodsFile(offer, ports);
  const inputs = await inputFiles(offer, ports);
  if (goods === undefined || inputs === undefined) return undefined;
  const expires = ports.clock() + ports.urlLifeSeconds;
  const sent = [await send([goods], recipient, me.name, ports), await send(inputs, recipient, me.name, ports)] as const;
  if (sent[0] === undefined || sent[1] === undefined) return undefined;
  const settings = sharedSettings.strip().parse(await ports.sources.settingsOf(offer.product, offer.contentDigest));
  const job: ValidationJob = {
    id,
    owner: me.name,
    validator,
    product: offer.product,
    orderKey: offer.orderKey,
    subject: offer.subject,
    contentDigest: offer.contentDigest,
    inputCount: inputs.length,
    settings,
    askedAt: since ?? snapshot.now,
    urlExpires: expires,
    goods: sent[0],
    inputs: sent[1],
  };
  const what =
    since === undefined
      ? `handed ${offer.product} ${wireId(id)} to ${validator} for a report`
      : `renewed the URLs of ${offer.product} ${wireId(id)} for ${validator}`;
  const text = encodeNote(validationJobKind, job);
  return done(what, reason, [{ op: 'put', path: jobPath(me.name, id), text }]);
}

async function send(
  files: readonly HandoverFile[],
  recipient: string,
  seller: AgentName,
  ports: ValidationPorts,
): Promise<HandedPackage | undefined> {
  const { store, clock, urlLifeSeconds } = ports;
  const handover = packHandover(files);
  if (handover.sizeBytes > MAX_PACKAGE_BYTES) return undefined;
  const upload = { handover, seller, recipient, clock, reuseSeconds: REUSE_SECONDS };
  const { objectKey } = await ensureHandover(store, upload);
  const { url } = await presignDownload(store, objectKey, { clock, lifeSeconds: urlLifeSeconds });
  const { setDigest, sizeBytes } = handover;
  return { objectKey, setDigest, sizeBytes, url: await sealUrl(url, recipient) };
}

/** The goods with the key of their blinding, with which the validator can check the offer's root. */
async function goodsFile(offer: OfferNote, ports: ValidationPorts): Promise<HandoverFile | undefined> {
  const digest = offer.contentDigest;
  if (!(await ports.goods.has(digest))) return undefined;
  const blindingKey = toHex(blindingKeyOf(ports.deliverySeed, digest));
  return {
    product: offer.product,
    label: '',
    digest,
    sizeBytes: offer.size,
    blindingKey,
    path: ports.goods.path(digest),
  };
}

async function inputFiles(offer: OfferNote, ports: ValidationPorts): Promise<readonly HandoverFile[] | undefined> {
  const wanted = new Set<Hex>(offer.inputs);
  const found = new Map(ports.sources.inputs(offer.inputs).map((input) => [input.digest, input]));
  if (found.size < wanted.size || wanted.size === 0) return undefined;
  const files: HandoverFile[] = [];
  for (const { product, label, digest, path } of found.values()) {
    const size = await stat(path).then(
      (file) => file.size,
      () => undefined,
    );
    if (size === undefined) return undefined;
    files.push({ product, label, digest, sizeBytes: size, path });
  }
  return files;
}
