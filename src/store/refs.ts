// Refs of a repository as records need them: one ref an item, each a commit with small files, changed by compare and swap.
import type { StoreFailure } from "../model/store.ts";

/** What a commit has, by the names of its files. */
export type Files = Readonly<Record<string, string>>;

/** A ref and what it points to. */
export interface Ref {
	readonly name: string;
	/** The id of its commit. */
	readonly revision: string;
	/** Of the commit. */
	readonly message: string;
	/** Those that were asked for and are there. */
	readonly files: Files;
}

/** A change of one ref, which is made only where it still points to `from`; without `from`, where it is not there. */
export interface RefChange {
	readonly name: string;
	readonly from?: string;
	/** A child of `from` with these files in place of its own, and its others. Absent: the ref is removed. */
	readonly to?: { readonly message: string; readonly files: Files };
}

/** The message of a commit whose ref is about to be removed, and was not where its remover was stopped. */
export const REMOVED = "removed";

/** Whether a change was made, and then its commit; without one, the ref is gone. */
export type RefChanged = { readonly made: false } | { readonly made: true; readonly revision?: string };

/** The refs of one repository. Nothing rejects: failures are values. */
export interface Refs {
	/** Every ref whose name begins with the prefix, which ends in a slash; with these of its files. */
	read(prefix: string, files: readonly string[]): Promise<readonly Ref[] | StoreFailure>;
	/** Makes each change by itself, whatever becomes of the others; no two are of the same ref. In their order. */
	change(changes: readonly RefChange[]): Promise<readonly RefChanged[] | StoreFailure>;
	close(): Promise<void>;
}
