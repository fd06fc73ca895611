// The parts of undici that are used, by the files that hold them: all of it takes twice the time and memory to load.
declare module "undici/lib/api/index.js" {
	/** The methods that undici's own index adds to every dispatcher. */
	const api: object;
	export default api;
}
declare module "undici/lib/dispatcher/client.js" {
	import { Client } from "undici";
	export default Client;
}
declare module "undici/lib/dispatcher/dispatcher.js" {
	import { Dispatcher } from "undici";
	export default Dispatcher;
}
declare module "undici/lib/dispatcher/pool.js" {
	import { Pool } from "undici";
	export default Pool;
}
declare module "undici/lib/dispatcher/proxy-agent.js" {
	import { ProxyAgent } from "undici";
	export default ProxyAgent;
}
