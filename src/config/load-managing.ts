// Loads the bundle of what few configs need.
import type * as bundled from "./managing.ts";

export type Managing = typeof bundled;

/** The bundle lies beside ours in dist/. The bundler must neither follow the import nor see the file as an asset. */
export async function loadManaging(): Promise<Managing> {
	const ours = import.meta.url;
	const theirs = new URL("../managing/index.js", ours).href;
	// The exports of a CommonJS bundle are the default export of its namespace.
	const bundle: { readonly default: Managing } = await import(/* webpackIgnore: true */ theirs);
	return bundle.default;
}
