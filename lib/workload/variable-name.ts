/** What every supported version of Kubernetes takes as a variable's name (`IsEnvVarName`); newer ones take more. */
export const VARIABLE_PATTERN = /^(?!\.\.?$|\.\.)[-._a-zA-Z][-._a-zA-Z0-9]*$/;
