/** The name that the protocols know the model by. */
export const modelName = "churn";
