// The store of held events where its bundle is missing: nothing is lost, and whoever asks is told why.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { openHeldStore, storeFile } from "../../../src/store/held-store.ts";

it("says why it does nothing without its bundle, and needs none where nothing was ever held", async () => {
	const folder = mkdtempSync(join(tmpdir(), "held-"));
	onTestFinished(() => rmSync(folder, { recursive: true }));
	expect(await openHeldStore(folder, { create: false })).toBeUndefined();
	// The sources have no bundle beside them.
	const problem = expect.stringMatching(/^Node v[\d.]+ cannot load dist\/sqlite, which holds events$/);
	const store = await openHeldStore(folder, { create: true });
	expect(await store?.put({ id: "1", owner: "o", body: new Uint8Array() })).toEqual({ problem });
	writeFileSync(storeFile(folder), "");
	expect(await (await openHeldStore(folder, { create: false }))?.list()).toEqual({ problem });
	await store?.close();
});
