// The CA certificates of a hook's `ca_file`: read once, and checked before anything is sent.
import { X509Certificate } from "node:crypto";
import { resolve } from "node:path";
import type { Files } from "../ports.ts";

/** The certificates as PEM, or the reason why they cannot be used. */
type CaFile = { readonly pem: string } | { readonly reason: string };

/** Gives the certificates of a file, by its path as the config writes it. */
export type ReadCaFile = (path: string) => Promise<CaFile>;

/** Bytes; the bundle of all public CA certificates is a quarter of it. */
const MAX_SIZE = 1024 * 1024;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** Reads files below `workspace`, or absolute ones, each at most once however many hooks name it. */
export function caFileReader(files: Files, workspace: string): ReadCaFile {
	const known = new Map<string, Promise<CaFile>>();
	return (path) => {
		const found = known.get(path) ?? read(path, resolve(workspace, path), files);
		known.set(path, found);
		return found;
	};
}

async function read(name: string, path: string, files: Files): Promise<CaFile> {
	const found = await files.read(path, MAX_SIZE);
	if (found.kind === "missing") return { reason: `ca_file ${name} not found` };
	if (found.kind === "unreadable") return { reason: `ca_file ${name} cannot be read: ${found.detail}` };
	const blocks = new TextDecoder().decode(found.bytes).match(CERTIFICATE) ?? [];
	if (blocks.length === 0) return { reason: `ca_file ${name} has no certificate in PEM (-----BEGIN CERTIFICATE-----)` };
	const bad = blocks.findIndex((block) => !isCertificate(block));
	if (bad >= 0) return { reason: `ca_file ${name}: certificate ${bad + 1} of ${blocks.length} is damaged` };
	return { pem: blocks.join("\n") };
}

function isCertificate(block: string): boolean {
	try {
		new X509Certificate(block);
		return true;
	} catch {
		return false;
	}
}
