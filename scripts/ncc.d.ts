// The part of ncc's programming interface that scripts/bundle.ts uses; ncc brings no types.
declare module "@vercel/ncc" {
	interface Options {
		readonly cache: false | string;
		readonly externals?: Readonly<Record<string, string>>;
		readonly license?: string;
		readonly minify?: boolean;
		readonly quiet: boolean;
	}
	interface Output {
		readonly code: string;
		readonly assets: Readonly<Record<string, { readonly source: string | Buffer }>>;
	}
	export default function ncc(entry: string, options: Options): Promise<Output>;
}
