"""A slow reference of the bilateral mechanisms, written from the equations of MODEL.md 4, pair by pair.

It shares nothing with the package: plain Python numbers and loops, one function per mechanism, read off MODEL.md
with its symbols. `read` copies a world into nested lists.
"""

import math
from types import SimpleNamespace

EPS = 1e-9
# MODEL M7: activity mix of ministry and agency; MODEL M12, M14: effects of the five activities.
MINISTRY_MIX = (0.25, 0.35, 0.15, 0.15, 0.10)
AGENCY_MIX = (0.25, 0.25, 0.15, 0.35, 0.0)
E_T = (0.50, 0.25, 0.40, 0.30, 0.20)
E_U = (0.60, 0.50, 0.15, 0.50, 0.05)
TILT = (0.0, -0.5, 0.35, 0.15, 0.0)


def sat(x):
    return 1 - math.exp(-x)


def logistic(x):
    return 1 / (1 + math.exp(-x))


def clip(x, low, high):
    return min(max(x, low), high)


def read(world):
    """Copy what the equations need, under the symbols of MODEL.md."""
    s, d = world.states, world.dyads
    n = world.size
    lead = [[-1] * n for _ in range(n)]
    for i in range(n):
        for j in range(n):
            if d.agreement[i, j] >= 0:
                lead[i][j] = int(world.agreements.rows["activity"][d.agreement[i, j]])
    universal = world.international.universal
    members = world.international.members[universal] if universal >= 0 else [False] * n
    return SimpleNamespace(
        S=n, P=s.population.tolist(), Y=s.gdp.tolist(), theta=s.ideal_point.tolist(), K=s.capacity.tolist(),
        W=s.knowledge.tolist(), N=s.institutions.tolist(), own=s.investment.tolist(),
        comp=s.compliance.tolist(),
        io=s.assistance_received.tolist(), alpha=s.activism.tolist(), zeta=s.campaign.tolist(),
        activity=s.activity.tolist(), c=s.arms_length.tolist(), a=s.autonomy.tolist(),
        aust=s.austerity.tolist(), B=s.budget.tolist(), dues=s.dues.tolist(), cost=s.dose_cost.tolist(),
        exited=s.exited.tolist(), member=[bool(m) for m in members], delta=world.development,
        d=d.distance.tolist(), hist=d.history.tolist(), cont=d.practice.tolist(), J=d.joint.tolist(),
        nu=d.discovered.tolist(), C=d.commonality.tolist(), Chat=d.perceived.tolist(), I=d.interest.tolist(),
        dI=d.interest_shift.tolist(), pol=d.affinity.tolist(), T=d.trust.tolist(),
        T0=d.trust_baseline.tolist(),
        M=d.memory.tolist(), inc=d.incident.tolist(), claim=d.open_claim.tolist(), settled=d.settled.tolist(),
        E=d.missions.astype(int).tolist(), G=d.tied.astype(int).tolist(), lead=lead, reach=d.reach.tolist(),
        eff=d.facilitation.tolist(), wE=d.programme_reach.tolist(), pull=s.pull.tolist(),
        shared=[[0 if i == j else (int(x[0]) & int(y[0])).bit_count() for j, y in enumerate(s.partners)]
                for i, x in enumerate(s.partners)],
        shared_pull=s.shared_pull.tolist(),
        comem=d.comembership.tolist(), contact=d.contact.tolist(),
        D=d.dose.tolist(), DcT=d.trust_dose.tolist(),
        year=world.year, boost=d.event_boost.tolist(), digital=s.event_reach.tolist(), o=world.event_orientation,
        rho=s.reciprocity.tolist(), spent=(d.spending_ministry + d.spending_agency).tolist(),
        C0=world.reference.commonality, K0=world.reference.capacity, Tbar0=world.reference.trust,
    )


def pairs(w):
    return [(i, j) for i in range(w.S) for j in range(i + 1, w.S)]


def others(w):
    return [(i, j) for i in range(w.S) for j in range(w.S) if i != j]


def square(w, value=0.0):
    return [[value] * w.S for _ in range(w.S)]


def mean_capacity(w, i):
    return sum(w.K[i]) / 3


def m0_commonality(w, v_J, eps_nu):
    C, nu, Chat = square(w), square(w), square(w)
    for i, j in others(w):
        base = w.hist[i][j] / 2 + w.cont[i][j] / 2
        C[i][j] = 1 - (1 - base) * (1 - v_J * w.J[i][j])
        seen = ((w.E[i][j] + w.E[j][i]) / 2 + w.G[i][j]) / 2
        nu[i][j] = w.nu[i][j] + eps_nu * seen * (1 - w.nu[i][j])
        Chat[i][j] = nu[i][j] * C[i][j]
    return C, nu, Chat


def m1_interest(w, a0, a_m, a_d, a_th, scale):
    logs = [math.log(y) for y in w.Y]
    mean = sum(logs) / w.S
    sd = math.sqrt(sum((x - mean) ** 2 for x in logs) / w.S) or 1.0
    far = [math.log(max(w.d[i][j], 1)) for i, j in others(w)]
    typical = sum(far) / len(far) if far else 0.0
    interest, pol = square(w), square(w)
    for i, j in others(w):
        apart = abs(w.theta[i] - w.theta[j])
        logit = (
            a0 + a_m * (logs[j] - mean) / sd - a_d * (math.log(max(w.d[i][j], 1)) - typical) - a_th * apart
            + w.dI[i][j]
        )
        interest[i][j] = scale * logistic(logit)
        pol[i][j] = math.exp(-apart)
    return interest, pol


def m2_hazard(w, i, j, h0, omega, beta_C, beta_K, beta_T, form):
    """The yearly hazard of signing; beta_T = 0 is MODEL's equation."""
    v_ij = omega * w.T[i][j] + (1 - omega) * w.I[i][j]
    v_ji = omega * w.T[j][i] + (1 - omega) * w.I[j][i]
    act = w.activity[i] * w.activity[j] if form == "product" else (w.activity[i] + w.activity[j]) / 2
    Khat = math.sqrt(mean_capacity(w, i) * mean_capacity(w, j))
    gmT = math.sqrt(w.T[i][j] * w.T[j][i])
    push = (
        beta_C * (w.Chat[i][j] - w.C0) + beta_K * (Khat - w.K0) + beta_T * (gmT - w.Tbar0)
        + w.pull[i] + w.pull[j] + w.shared[i][j] * max(w.shared_pull[i], w.shared_pull[j], key=abs)
    )
    return h0 * act * math.sqrt(v_ij * v_ji) * w.reach[i][j] * math.exp(clip(push, -10, 6))


def m2_signed(w, uniform, **p):
    """The pairs that sign, given one uniform number per unordered pair."""
    found = []
    for u, (i, j) in zip(uniform, pairs(w), strict=True):
        h = m2_hazard(w, i, j, **p)
        if not w.G[i][j] and u < 1 - math.exp(-min(h, 20)):
            found.append((i, j))
    return found


def m3_lapses(w, i, j, u, q0):
    return u < q0 * (1 - math.sqrt(w.T[i][j] * w.T[j][i])) ** 2


def m4_network(w, beta_pa, beta_tri):
    degree = [sum(row) for row in w.G]
    mean = sum(degree) / w.S
    pull = [beta_pa * (math.log(1 + d) - math.log(1 + mean)) for d in degree]
    shared = square(w)
    for i, j in others(w):
        shared[i][j] = sum(w.G[i][k] * w.G[k][j] for k in range(w.S))
    return pull, shared, [beta_tri / (d + 1) for d in degree]


def m4_campaign(w, own, common, s_camp):
    zeta = [
        0.5 * w.zeta[i] + math.sqrt(0.75) * s_camp * (math.sqrt(0.7) * own[i] + math.sqrt(0.3) * common)
        for i in range(w.S)
    ]
    return zeta, [w.alpha[i] * math.exp(clip(zeta[i] - s_camp**2 / 2, -10, 6)) for i in range(w.S)]


def m5_embassies(w, e0, f_E):
    reach, eff, weight = square(w), square(w, 1.0), square(w)
    for i, j in others(w):
        reach[i][j] = e0 + (1 - e0) * (w.E[i][j] + w.E[j][i]) / 2
        eff[i][j] = 1 + f_E * w.E[i][j]
        weight[i][j] = 0.2 + 0.8 * w.E[i][j]
    return reach, eff, weight


def m6_budgets(w, b0, kappa, eta, m_share):
    B = [b0 * (0.25 + 0.75 * mean_capacity(w, i)) * w.Y[i] * w.aust[i] for i in range(w.S)]
    return B, [m_share * b for b in B], [kappa * p**eta for p in w.P]


def m7_channels(w, phi, gamma, g_G, lam):
    """Spending of both channels, doses, and doses weighted by credibility and effect.

    lam = 0 and rho = 0 are MODEL's equations. An agency that has nobody to work for leaves its money to the ministry.
    Details of MODEL's activity table: a tenth of the events are biennials, held in even years; events oriented to
    innovation weigh less in understanding.
    """
    need = [1 - (mean_capacity(w, j) + w.W[j]) / 2 for j in range(w.S)]
    ministry, agency = square(w), square(w)
    for i in range(w.S):
        envelope = w.B[i] - w.dues[i]
        partners = [j for j in range(w.S) if j != i]
        common = {
            j: (1 + g_G * w.G[i][j]) * w.wE[i][j] * max(need[j], EPS) ** (2 * w.delta) for j in partners
        }
        received = sum(w.spent[j][i] for j in range(w.S))
        answer = {
            j: 1 - w.rho[i] + w.rho[i] * w.S * (w.spent[j][i] / received if received > 0 else 0) for j in partners
        }
        by_interest = {j: max(w.I[i][j], EPS) ** gamma * common[j] * answer[j] for j in partners}
        by_commonality = {j: math.sqrt(w.Chat[i][j]) * common[j] for j in partners}
        c = w.c[i] if sum(by_commonality.values()) > 0 else 0
        for j in partners:
            if sum(by_interest.values()) > 0:
                ministry[i][j] = (1 - c) * envelope * by_interest[j] / sum(by_interest.values())
            if sum(by_commonality.values()) > 0:
                agency[i][j] = c * envelope * by_commonality[j] / sum(by_commonality.values())
    dose, dose_T, dose_U = [square(w) for _ in range(5)], square(w), square(w)
    for i, j in others(w):
        channels = (
            (MINISTRY_MIX, ministry[i][j], 1 - phi * (1 - w.pol[i][j])),
            (AGENCY_MIX, agency[i][j], 1 - phi * (1 - w.a[i]) * (1 - w.pol[i][j])),
        )
        for mix, money, credible in channels:
            tilted = [max(m + 0.5 * w.delta * t, 0) for m, t in zip(mix, TILT, strict=True)]
            for k in range(5):
                share = tilted[k] / sum(tilted)
                if w.lead[i][j] >= 0:
                    share = (1 - lam) * share + lam * (w.lead[i][j] == k)
                amount = share * money * (w.eff[i][j] if k in (0, 1) else 1) / w.cost[j]
                on_U = E_U[k]
                if k == 1:
                    amount *= (0.9 + (0.2 if w.year % 2 == 0 else 0)) * w.boost[i][j] * w.digital[j]
                    on_U *= (1 - 0.3 * w.o) / (1 - 0.3 * 0.46)
                dose[k][i][j] += amount
                dose_T[i][j] += E_T[k] * credible * amount
                dose_U[i][j] += on_U * credible * amount
    return need, ministry, agency, dose, dose_T, dose_U


def m10_capacity(w, k_TA, k_dep, iota, weights):
    K = [[0.0] * 3 for _ in range(w.S)]
    for i in range(w.S):
        ta = sum(w.D[2][j][i] for j in range(w.S)) + w.io[i]
        absorb = 0.25 + 0.75 * mean_capacity(w, i)
        for f in range(3):
            share = weights[f] / sum(weights)
            s = w.own[i][f] * (1 + 0.15 * w.comp[i][f]) + k_TA * sat(ta / 3) * absorb * share * 3
            wear = k_dep * (1 - iota * w.N[i] / (1 + w.N[i]))
            K[i][f] = w.K[i][f] + s * (1 - w.K[i][f]) - wear * w.K[i][f]
    return K


def m12_trust(w, g, loss, r, mem):
    T = square(w)
    for i, j in others(w):
        positive = sat(
            0.5 * w.G[i][j] + w.DcT[j][i] + w.contact[i][j] + 0.3 * w.comem[i][j] + 1.0 * w.settled[i][j]
        )
        negative = max(
            1.0 * w.inc[i][j], 0.1 * w.claim[i][j], 0.1 if w.exited[j] and w.member[i] else 0.0
        )
        pulled = w.T0[i][j] * (1 - mem * w.M[i][j])
        now = w.T[i][j]
        T[i][j] = clip(now + g * positive * (1 - now) - loss * negative * now + r * (pulled - now), 0, 1)
    return T
