"""A slow reference of the newer mechanisms (M8, M9, M11, M13-M21), written from the equations of MODEL.md 4.

Plain Python numbers and loops, one function per equation, in MODEL.md's symbols; `read` copies a world into nested
lists. Where the model departs from MODEL.md on purpose (docstrings marked "ours"), the reference says "ours" too.
`random_world` fills every column within its declared bounds, `Dial` is a stream whose numbers the test chooses.
"""

import math
from types import SimpleNamespace

import numpy as np

from coopsim.rng import Stream
from coopsim.world.build import WorldSpec, build_world
from coopsim.world.initial import InitialParams
from coopsim.world.world import World
from worlds import YEAR_ZERO, tie

# A probability is met to this relative precision: the event happens just below it and not just above it.
HAIR = 1e-9
E_T = (0.50, 0.25, 0.40, 0.30, 0.20)
E_U = (0.60, 0.50, 0.15, 0.50, 0.05)


def sat(x):
    return 1 - math.exp(-x)


def logistic(x):
    return 1 / (1 + math.exp(-x))


def clip(x, low, high):
    return min(max(x, low), high)


def gm(x, y):
    return math.sqrt(x * y)


def pairs(w):
    return [(i, j) for i in range(w.S) for j in range(i + 1, w.S)]


def others(w):
    return [(i, j) for i in range(w.S) for j in range(w.S) if i != j]


def square(w, value=0.0):
    return [[value] * w.S for _ in range(w.S)]


def softmax(utility):
    """Choice probabilities from a mapping of alternatives to utilities."""
    top = max(utility.values())
    total = sum(math.exp(u - top) for u in utility.values())
    return {j: math.exp(u - top) / total for j, u in utility.items()}


class Dial:
    """A stream whose uniform numbers and counts are set by purpose; any other chance just does not happen."""

    def __init__(self, chosen=(), other=1 - 1e-12):
        self.chosen, self.other, self.means = dict(chosen), other, {}

    def uniform(self, purpose, shape):
        return np.broadcast_to(np.asarray(self.chosen.get(purpose, self.other), dtype=float), shape).copy()

    def uniforms(self, purposes, size):
        return {purpose: self.uniform(purpose, size) for purpose in purposes}

    def uniform_at(self, purpose, index):
        value = np.asarray(self.chosen.get(purpose, self.other), dtype=float)
        return np.full(np.shape(index), float(value)) if value.ndim == 0 else value[index]

    def normal(self, purpose, shape):
        return np.broadcast_to(np.asarray(self.chosen.get(purpose, 0.0), dtype=float), shape).copy()

    def poisson(self, purpose, mean):
        self.means[purpose] = np.array(mean, dtype=float)
        return np.broadcast_to(np.asarray(self.chosen.get(purpose, 0), dtype=np.int64), np.shape(mean)).copy()


def random_world(seed: int) -> World:
    """Two to seven states with every float and every yes or no drawn within what its column declares."""
    draw = np.random.default_rng(seed)
    n = int(draw.integers(2, 8))
    spec = WorldSpec(synthetic=n, organisations=8 * n, languages=3)
    world = build_world(spec, InitialParams(density=0), YEAR_ZERO + 1 + seed % 2, Stream(seed, "random", 0))
    for table in (world.states, world.dyads):
        for name, declared, values in table.items():
            if values.dtype.kind == "b":
                drawn = draw.random(values.shape) < 0.4
            elif values.dtype.kind != "f" or name in ("latitude", "longitude"):
                continue
            elif declared.high == 1:
                drawn = draw.random(values.shape)
            else:
                drawn = (declared.low or 0) + draw.exponential(1.0, values.shape)
            if table is world.dyads:
                if declared.symmetric:
                    drawn = np.maximum(drawn, drawn.T)
                drawn = np.where(np.eye(n, dtype=bool), 0, drawn)
            values[...] = drawn
    states, dyads = world.states, world.dyads
    states.gdp[:] = np.exp(draw.normal(10, 1.5, n))
    states.ideal_point[:] = draw.normal(0, 1, n)
    states.barrier_floor[:] = 0.2 * draw.random(n)
    dyads.distance[:] *= 3000
    dyads.stock[:] *= 4000
    dyads.diaspora[:] *= 1000
    states.returnees[:] *= 300
    states.stayers[:] *= 300
    world.international.members[:] = draw.random(world.international.members.shape) < 0.7
    world.international.grant[:] = 20 * draw.random(len(world.international))
    world.event_orientation, world.development = float(draw.random()), float(draw.random())
    world.remember_reference()
    world.reference.digital_access = states.digital_access * draw.random(n)
    world.reference.languages = states.languages * draw.random(states.languages.shape)
    for a, b in zip(*world.pairs, strict=True):
        if draw.random() < 0.4:
            tie(world, int(a), int(b), activity=int(draw.integers(5)))
    return world


def found(world, home, kind, budgets):
    """Append organisations to a world and return their rows, which are their lots as well."""
    first = len(world.organisations)
    rows = np.arange(first, first + len(budgets))
    names = np.array([f"organisation {first + k}" for k in range(len(budgets))], dtype=str)
    world.organisations.append(
        name=names, kind=kind, home=home, budget=np.array(budgets, dtype=float), autonomy=0.9, lot=rows
    )
    return rows


def project(world, organisation, state, activity, *, extra=(), partner=-1, start=2000, end=9999):
    """Append a project that is under way."""
    new = world.projects.extend(1)
    new["organisation"], new["state"], new["activity"], new["partner"] = organisation, state, activity, partner
    new["extra"] = [*extra, *([-1] * (4 - len(extra)))]
    new["start"], new["end"] = start, end


def read(world: World) -> SimpleNamespace:
    """Copy what the equations need, under the symbols of MODEL.md."""
    s, d, io, ref = world.states, world.dyads, world.international, world.reference
    return SimpleNamespace(
        S=world.size, year=world.year, P=s.population.tolist(), Y=s.gdp.tolist(), y=s.income.tolist(),
        theta=s.ideal_point.tolist(), K=s.capacity.tolist(), W=s.knowledge.tolist(), ow=s.knowledge_investment.tolist(),
        Lam=s.languages.tolist(), Lam0=ref.languages.tolist(), main=s.main_language.tolist(),
        psi=s.digital_access.tolist(), psi0=ref.digital_access.tolist(), need=s.need.tolist(), dues=s.dues.tolist(),
        cost=s.dose_cost.tolist(), rec=s.recent_exit.tolist(), ret=s.returnees.tolist(), stayers=s.stayers.tolist(),
        reach=s.event_reach.tolist(), floor=s.barrier_floor.tolist(), d=d.distance.tolist(),
        cont=d.contiguous.tolist(), col=d.colonial.tolist(), ruled=d.ruled.tolist(), J=d.joint.tolist(),
        Chat=d.perceived.tolist(), I=d.interest.tolist(), pol=d.affinity.tolist(), T=d.trust.tolist(),
        M=d.memory.tolist(), inc=d.incident.tolist(), U=d.understanding.tolist(),
        U0=d.understanding_baseline.tolist(), E=d.missions.astype(int).tolist(), eff=d.facilitation.tolist(),
        G=d.tied.astype(int).tolist(), comem=d.comembership.tolist(), D=d.dose.tolist(),
        DcT=d.trust_dose.tolist(), DcU=d.understanding_dose.tolist(), distrust=d.distrust.tolist(),
        contact=d.contact.tolist(), host=d.host_contact.tolist(), virt=d.virtual.tolist(), Q=d.taught.tolist(),
        stock=d.stock.tolist(), dias=d.diaspora.tolist(), tau=d.barrier.tolist(), V=d.trade.tolist(),
        CSL=d.language_overlap.tolist(), boost=d.event_boost.tolist(), o=world.event_orientation,
        members=io.members.tolist(), kind=[("universal", "regional", "language", "religion")[k] for k in io.kind],
        grant=io.grant.tolist(),
    )


def mean_capacity(w, i):
    return sum(w.K[i]) / 3


# M8 ------------------------------------------------------------------------------------------------------------


def m8_choice(w, h):
    """Probability of each partner state for an organisation at home in h: logit, as Gumbel-max gives it."""
    return softmax({
        j: math.log(0.05 + w.Chat[h][j]) + 0.5 * math.log(1 + w.stock[h][j] / 1000)
        - 0.5 * math.log(max(w.d[h][j], 200) / 1000) + 0.5 * w.G[h][j]
        for j in range(w.S) if j != h
    })


def m8_spending(w, homes, budgets, projects, b_scale):
    """Spending, doses and their credible sums of projects (organisation, activity, state, further states)."""
    running = [sum(1 for project in projects if project[0] == o) for o in range(len(homes))]
    spending, dose, dose_T, dose_U = square(w), [square(w) for _ in range(5)], square(w), square(w)
    for o, k, state, extra in projects:
        i, amount = homes[o], b_scale * budgets[o] / running[o]
        spending[i][state] += amount
        for j in (state, *extra):
            units = amount / w.cost[j] * (w.eff[i][j] if k in (0, 1) else 1)
            if k == 1:  # a tenth of events are biennials: even years only, doubled then
                units *= (1.1 if w.year % 2 == 0 else 0.9) * w.boost[i][j] * w.reach[j]
            tilt = (1 - 0.3 * w.o) / (1 - 0.3 * 0.46) if k == 1 else 1
            credible = 1 - 0.1 * w.distrust[i][j]
            dose[k][i][j] += units
            dose_T[i][j] += E_T[k] * credible * units
            dose_U[i][j] += E_U[k] * tilt * credible * units
    return spending, dose, dose_T, dose_U


# M9 ------------------------------------------------------------------------------------------------------------


def m9_expected(w, o0, b_lang, b_net):
    """Expected flows of students, scholars and artists."""
    flows = [square(w) for _ in range(3)]
    for i in range(w.S):
        leaving = o0 * w.P[i] * 1e6 * (0.35 + 0.65 * w.W[i]) * (1.3 - mean_capacity(w, i))
        study, art = {}, {}
        for j in range(w.S):
            if j == i:
                continue
            common = (
                b_lang * w.CSL[i][j] - 0.6 * math.log(max(w.d[i][j], 200) / 1000)
                + b_net * math.log(1 + w.stock[i][j] / 1000) + 0.5 * w.comem[i][j]
            )
            # Scholarships .60 and exchanges .25 of the host's mobility dose; exchanges work both ways.
            offer = sat(0.85 * w.D[0][j][i] + 0.25 * w.D[0][i][j])
            study[j] = common + 0.55 * math.log(w.Y[j]) + 6 * w.y[j] + offer
            art[j] = (
                common + 4 * w.K[j][1] + 1.0 * w.Chat[i][j] + sat(0.75 * w.D[0][j][i]) + 0.5 * w.E[i][j]
            )
        for c, (share, choice) in enumerate(((1.0, study), (0.15, study), (0.05, art))):
            for j, p in softmax(choice).items():
                flows[c][i][j] = share * leaving * p
    return flows


def m9_after(w, flows, stay, circ):
    """Stock, diaspora, contact and host contact after flows[c][i][j]."""
    stock, dias, contact, host = square(w), square(w), square(w), square(w)
    for i, j in others(w):
        moved = sum(flows[c][i][j] for c in range(3))
        stays = moved * clip(stay * (1 + w.y[j] - w.y[i]), 0.05, 0.80)
        back = circ * w.dias[i][j]
        dias[i][j] = w.dias[i][j] + stays - back
        stock[i][j] = 0.75 * w.stock[i][j] + flows[0][i][j]
        contact[i][j] = sat(1000 * (moved - stays + back) / (w.P[i] * 1e6))
    for i, j in others(w):
        host[i][j] = sat(1000 * stock[j][i] / (w.P[i] * 1e6))
    return stock, dias, contact, host


# M11 -----------------------------------------------------------------------------------------------------------


def m11_education(w, lam_e, lam_a, lam_W, d_Q):
    Q = square(w)
    for i, j in others(w):
        Q[i][j] = (1 - d_Q) * w.Q[i][j] + d_Q * w.D[3][i][j]
    Lam, W = [], []
    for i in range(w.S):
        row = []
        for lang, share in enumerate(w.Lam[i]):
            untaught = 1.0
            for j in range(w.S):
                if j != i and w.main[j] == lang:
                    untaught *= 1 - lam_e * 0.7 * sat(Q[j][i])
            row.append(clip(share + (1 - untaught) * (1 - share) + lam_a * (w.Lam0[i][lang] - share), 0, 1))
        Lam.append(row)
        people = w.P[i] * 1e6
        kn = sat(0.2 * sum(sat(Q[j][i]) for j in range(w.S) if j != i) + 1000 * w.ret[i] / people)
        loss = min(1.0, 1000 * w.stayers[i] / people)
        W.append(w.W[i] + min(w.ow[i] + lam_W * kn, 1) * (1 - w.W[i]) - (0.02 + 0.02 * loss) * w.W[i])
    CSL = square(w)
    for i, j in others(w):
        CSL[i][j] = min(1.0, sum(a * b for a, b in zip(Lam[i], Lam[j], strict=True)))
    return Q, Lam, CSL, W


# M13, M14 ------------------------------------------------------------------------------------------------------


def m13_chance(w, i, j, p_c):
    distrust = (1 - gm(w.T[i][j], w.T[j][i])) ** 2
    return p_c * max(1.0 if w.cont[i][j] else 0.0, 0.05) * distrust * (1 + abs(w.theta[i] - w.theta[j]))


def m13_memory(w, m_dec, m_rec):
    M = square(w)
    for i, j in others(w):
        joint = sat(w.DcU[i][j] + w.DcU[j][i] + w.contact[i][j] + w.contact[j][i])
        M[i][j] = clip(w.M[i][j] + 0.25 * w.inc[i][j] * (1 - w.M[i][j]) - (m_dec + m_rec * joint) * w.M[i][j], 0, 1)
    return M


def m14_understanding(w, u_c, u_f):
    U = square(w)
    for i, j in others(w):
        imports = sum(w.V[k][i] for k in range(w.S))
        imp_ji = w.V[j][i] / imports if imports > 0 else 0.0
        cu = sat(w.DcU[j][i] + w.contact[i][j] + 0.5 * w.host[i][j] + 0.5 * imp_ji * (0.5 + 0.5 * w.psi[i])
                 + w.virt[i][j])
        U[i][j] = clip(w.U[i][j] + u_c * cu * (1 - w.U[i][j]) - u_f * (w.U[i][j] - w.U0[i][j]), 0, 1)
    return U


# M15 -----------------------------------------------------------------------------------------------------------


def m15_trade(w, tau):
    V = square(w)
    for i, j in others(w):
        V[i][j] = (
            w.Y[i] * w.Y[j] ** 0.8 * (0.05 + w.K[i][1]) ** 0.8 * max(w.d[i][j], 200) ** -0.9
            * math.exp(0.8 * w.CSL[i][j] + 0.5 * w.col[i][j]) * (1 - 0.8 * tau[j][i])
        )
    world = sum(map(sum, V))
    return [[v / world for v in row] for row in V]


def m15_barrier(w, tau0, n_tau, protects):
    """Barriers next year; ours: a party to the diversity convention keeps the floor it has chosen, if it has it."""
    tau = square(w)
    for i, j in others(w):
        support = sat(w.D[4][i][j] + w.D[4][j][i])
        new = w.tau[i][j] - n_tau * support * gm(w.T[i][j], w.T[j][i]) * w.tau[i][j] + 0.01 * (tau0 - w.tau[i][j])
        floor = w.floor[i] if protects[i] else 0.0
        if w.tau[i][j] >= floor:
            new = max(new, floor)
        tau[i][j] = clip(new, 0, 1)
    return tau


def m15_settlement(w, i, j, s_claim, traffic):
    """Chance that holder j settles the claim of i this year."""
    support = sat(w.D[4][i][j] + w.D[4][j][i])
    return logistic(s_claim + 2.5 * w.T[j][i] + 1.5 * support + 1.0 * traffic[j] + 1.0 * w.K[i][0])


def m15_claim(w, i, j, claim_rate):
    """Chance of a new claim; ours: only by the former dependency (row was ruled by column)."""
    return claim_rate * w.ruled[i][j] * (1 if w.y[i] < w.y[j] else 0) * (0.3 + 0.7 * w.K[i][0])


# M16 -----------------------------------------------------------------------------------------------------------


def m16_budgets(w):
    """Budgets of the organisations, and the dues for which a state has no organisation."""
    budget, left = list(w.grant), 0.0
    for i in range(w.S):
        own = [r for r, members in enumerate(w.members) if members[i]]
        universal = [r for r in own if w.kind[r] == "universal"]
        rest = [r for r in own if w.kind[r] != "universal"]
        for group in (universal, rest):
            for r in group:
                budget[r] += 0.5 * w.dues[i] / len(group)
            left += 0.0 if group else 0.5 * w.dues[i]
    return budget, left


def m16_assistance(w, budget, io_eff):
    io = [0.0] * w.S
    for r, members in enumerate(w.members):
        need = sum(w.need[k] for k in range(w.S) if members[k])
        for i in range(w.S):
            if members[i] and need > 0:
                io[i] += io_eff * 0.45 * 0.5 * budget[r] * w.need[i] / need / w.cost[i]
    return io


def m16_communities(w, budget):
    """Co-membership and joint commonality; communities of language and religion build at twice the pace."""
    comem, J = square(w), square(w)
    for i, j in others(w):
        gain = 0.0
        for r, members in enumerate(w.members):
            if members[i] and members[j] and w.kind[r] != "universal":
                strength = sat(budget[r] / (50 * sum(members)))
                comem[i][j] = max(comem[i][j], 0.5 + 0.5 * strength)
                gain = max(gain, 0.03 * (1 if w.kind[r] == "regional" else 2) * strength)
        J[i][j] = 0.98 * (w.J[i][j] + gain * (1 - w.J[i][j]))
    return comem, J


def m16_exit(w, i, e_exit, e_cont):
    ranked = sorted(w.theta)
    middle = (ranked[(w.S - 1) // 2] + ranked[w.S // 2]) / 2
    example = sum(w.I[i][k] * w.pol[i][k] * w.rec[k] for k in range(w.S) if k != i)
    hazard = e_exit * math.exp(min(1.2 * abs(w.theta[i] - middle), 6)) * (1 + e_cont * example)
    return 1 - math.exp(-min(hazard, 20))


# M17 to M21 ----------------------------------------------------------------------------------------------------


def m17_chance(w, i, adopted, own, p_h, q_h, tip, boost):
    weight = {j: w.G[i][j] + w.comem[i][j] + 0.5 for j in range(w.S) if j != i}
    peer = sum(weight[j] * adopted[j] for j in weight) / sum(weight.values())
    cascade = boost if sum(adopted) / w.S >= tip else 1.0
    return 1 - math.exp(-min(p_h * 2 * own[i] + q_h * peer * cascade, 20))


def m18_meeting(w):
    weight = square(w)
    for i, j in others(w):
        imports = sum(w.V[k][i] for k in range(w.S))
        imp_ji = w.V[j][i] / imports if imports > 0 else 0.0
        weight[i][j] = w.U[i][j] * (0.2 + imp_ji) + w.o * sat(w.D[1][j][i]) + 0.3 * sat(w.D[3][j][i])
    return weight


def m19_rate(w, i, j, s0, s_G, s_T):
    trust = gm(w.T[i][j], w.T[j][i])
    return s0 * math.exp(s_G * w.G[i][j] + s_T * (trust - 0.5)) * (0.2 + gm(w.I[i][j], w.I[j][i]))


def m20_orientation(t, delta0, delta1, t_mid, width):
    return delta0 + (delta1 - delta0) * logistic((t - t_mid) / width)


def m21_digital(w, psi_rate, virt):
    exchange = square(w)
    for i, j in others(w):
        exchange[i][j] = virt * gm(w.psi[i], w.psi[j]) * sat(w.D[0][j][i] + w.D[3][j][i]) * 0.5
    psi = [p + psi_rate * p * (1 - p) for p in w.psi]
    reach = [1 / (1 - 0.3 * (now - then)) for now, then in zip(psi, w.psi0, strict=True)]
    return exchange, psi, reach
