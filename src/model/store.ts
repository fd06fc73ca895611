// The store: what outlives a step, put in by one process and claimed by another.

/** What is put into a store to be delivered later. */
export interface StoredItem {
	/** Two with the same id are one. */
	readonly id: string;
	readonly body: Uint8Array;
}

/** An item, and whose it is: what is claimed together has the same owner. */
export interface NewItem extends StoredItem {
	readonly owner: string;
}

/** Which items are claimed. */
export interface ClaimQuery {
	/** Of one batch, at most. An item that has more bytes is a batch of its own. */
	readonly items: number;
	readonly bytes: number;
	/** Also what makes no full batch; and before that, what was kept or is left of a process that has ended. */
	readonly all: boolean;
}

/** What was claimed: nobody else has it until it is settled, the store is closed or the process ends, killed or not. */
export interface Claimed {
	/** The ids of each batch, the oldest first. */
	readonly batches: readonly (readonly string[])[];
	/** How many items go on waiting for others. */
	readonly left: number;
}

/** Why a store cannot be used, as a phrase that names its file. */
export interface StoreFailure {
	readonly problem: string;
	/** What was put is too large for it, now and later. */
	readonly isTooLarge?: true;
}

/** What outlives a step, in the order of putting. Nothing rejects: failures are values. */
export interface Store {
	/** Adds an item behind those of its owner; one whose id is there already stays as it is. */
	put(item: NewItem): Promise<StoreFailure | undefined>;
	claim(owner: string, query: ClaimQuery): Promise<Claimed | StoreFailure>;
	/** Those of the items that are there. */
	read(ids: readonly string[]): Promise<readonly StoredItem[] | StoreFailure>;
	/** Forgets items that this store has claimed, and releases others, which stay together as one batch. */
	settle(done: readonly string[], kept: readonly string[]): Promise<StoreFailure | undefined>;
	/** How many items each owner has, claimed ones too. */
	list(): Promise<ReadonlyMap<string, number> | StoreFailure>;
	/** Releases what is still claimed. */
	close(): Promise<void>;
}

/**
 * Opens the store of a folder; undefined where there is none and `create` is false. Of one that cannot be used every call
 * gives the reason.
 */
export type OpenStore = (folder: string, options: { readonly create: boolean }) => Promise<Store | undefined>;
