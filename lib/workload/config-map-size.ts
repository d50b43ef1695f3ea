/** Most bytes of a ConfigMap's values (Kubernetes, `MaxSecretSize`). */
export const CONFIG_MAP_BYTES = 2 ** 20;
