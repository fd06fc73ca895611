// Loads what has a bundle of its own, when it is needed.

/**
 * Gives the exports of the bundle in a folder beside ours in dist/; rejects where it cannot be loaded. The bundler must
 * neither follow the import nor see the file as an asset.
 */
export async function loadBundle<T>(folder: string): Promise<T> {
	const ours = import.meta.url;
	const theirs = new URL(`../${folder}/index.js`, ours).href;
	// The exports of a CommonJS bundle are the default export of its namespace.
	const bundle: { readonly default: T } = await import(/* webpackIgnore: true */ theirs);
	return bundle.default;
}
