/** The two subnets of the /16: the hub's, with a way out, and the agents', without an address of their own. */
export interface NetworkPlan {
  readonly publicCidr: string;
  readonly privateCidr: string;
}

/** Divides a 10.x.0.0/16: a small public subnet, a large private one. */
export function networkPlan(vpcCidr: string): NetworkPlan {
  const base = vpcCidr.split('.').slice(0, 2).join('.');
  return { publicCidr: `${base}.0.0/24`, privateCidr: `${base}.16.0/20` };
}

/** The hub's address, fixed so that hosts know it before the hub is there; AWS keeps the first four for itself. */
export function hubAddress(vpcCidr: string): string {
  return `${vpcCidr.split('.').slice(0, 2).join('.')}.0.10`;
}
