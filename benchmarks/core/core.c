/* The core subset in C, one thread: the limit that other variants are compared with.

   plain_years() is a literal translation of the rules. years() gives the same events with less work:
   - pairs i < j lie in packed triangles, so that discovery, chance and trust are three passes without gathers;
   - a cheap bound on the chance of signing rules out most pairs before any square root or exponential;
   - shared partners are counted only for the pairs that remain, by the bits of two rows;
   - agreements wait in one list for each remainder of their year of signature divided by the term;
   - numbers of partners are kept up as agreements come and go.
   Random numbers are those of src/coopsim/rng.py: one hash for each (key, index). */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { AGREEMENTS, TRUST, SIGNED, LAPSED, SERIES };
enum { OWN_CAMPAIGN, COMMON_WAVE, SIGN, LAPSE, KEYS };

#define LOWEST -10.0
#define HIGHEST 6.0
#define SIGNAL 0.5
#define MEMORY 0.5
#define COMMON_SHARE 0.3

typedef struct {
    double discovery_rate, popularity, closure, campaign_spread, base_rate, trust_weight, beta_commonality,
        beta_capacity, lapse, gain, forgetting, mean_commonality, mean_capacity;
    int64_t term, start_year, years;
} Rates;

typedef struct { int32_t a, b; int64_t pair; } Agreement;
typedef struct { Agreement *rows; int64_t count, space; } Bucket;

typedef struct {
    Rates p;
    int64_t size, pairs, words, ties;
    double *activism, *capacity, *campaign, *activity, *pull, *attraction; /* of states */
    int32_t *degree;
    uint64_t *partners;                                   /* one row of bits per state */
    double *forth, *back, *base_forth, *base_back;        /* trust of i in j, of j in i, and where it returns to */
    double *like_forth, *like_back;                       /* interest */
    double *commonality, *discovered, *missions, *tied, *bound;
    int64_t *year_signed;
    uint8_t *maybe;
    Bucket *due;
} Core;

static inline double uniform(uint64_t key, uint64_t index)
{
    uint64_t z = key + (index + 1) * 0x9E3779B97F4A7C15ULL;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    z ^= z >> 31;
    return ((double)(z >> 11) + 0.5) * 0x1p-53;
}

static double poly(double x, const double *c, int n)
{
    double sum = c[0];
    for (int k = 1; k <= n; k++) sum = sum * x + c[k];
    return sum;
}

static double monic(double x, const double *c, int n)
{
    double sum = x + c[0];
    for (int k = 1; k < n; k++) sum = sum * x + c[k];
    return sum;
}

/* Inverse of the normal distribution function: the rational approximations of Cephes, which SciPy uses too. */
static double normal_of(double y)
{
    static const double P0[] = {-5.99633501014107895267E1, 9.80010754185999661536E1, -5.66762857469070293439E1,
                                1.39312609387279679503E1, -1.23916583867381258016E0};
    static const double Q0[] = {1.95448858338141759834E0, 4.67627912898881538453E0, 8.63602421390890590575E1,
                                -2.25462687854119370527E2, 2.00260212380060660359E2, -8.20372256168333339912E1,
                                1.59056225126211695515E1, -1.18331621121330003142E0};
    static const double P1[] = {4.05544892305962419923E0, 3.15251094599893866154E1, 5.71628192246421288162E1,
                                4.40805073893200834700E1, 1.46849561928858024014E1, 2.18663306850790267539E0,
                                -1.40256079171354495875E-1, -3.50424626827848203418E-2, -8.57456785154685413611E-4};
    static const double Q1[] = {1.57799883256466749731E1, 4.53907635128879210584E1, 4.13172038254672030440E1,
                                1.50425385692907503408E1, 2.50464946208309415979E0, -1.42182922854787788574E-1,
                                -3.80806407691578277194E-2, -9.33259480895457427372E-4};
    static const double P2[] = {3.23774891776946035970E0, 6.91522889068984211695E0, 3.93881025292474443415E0,
                                1.33303460815807542389E0, 2.01485389549179081538E-1, 1.23716634817820021358E-2,
                                3.01581553508235416007E-4, 2.65806974686737550832E-6, 6.23974539184983293730E-9};
    static const double Q2[] = {6.02427039364742014255E0, 3.67983563856160859403E0, 1.37702099489081330271E0,
                                2.16236993594496635890E-1, 1.34204006088543189037E-2, 3.28014464682127739104E-4,
                                2.89247864745380683936E-6, 6.79019408009981274425E-9};
    const double tail = 0.13533528323661269189; /* exp(-2) */
    int lower = y <= 1 - tail;
    if (!lower) y = 1 - y;
    if (y > tail) {
        double c = y - 0.5, s = c * c;
        return (c + c * (s * poly(s, P0, 4) / monic(s, Q0, 8))) * 2.50662827463100050242;
    }
    double x = sqrt(-2 * log(y)), z = 1 / x;
    double x1 = x < 8 ? z * poly(z, P1, 8) / monic(z, Q1, 8) : z * poly(z, P2, 8) / monic(z, Q2, 8);
    x = x - log(x) / x - x1;
    return lower ? -x : x;
}

static double clip(double x, double low, double high) { return x < low ? low : x > high ? high : x; }
static int64_t row_of(const Core *c, int64_t i) { return i * c->size - i * (i + 1) / 2 - i - 1; } /* pair = row + j */
static int64_t mod(int64_t x, int64_t n) { return (x % n + n) % n; }
static void flip(Core *c, int64_t i, int64_t j) { c->partners[i * c->words + j / 64] ^= 1ULL << (j % 64); }

static int64_t shared_partners(const Core *c, int64_t i, int64_t j)
{
    const uint64_t *x = c->partners + i * c->words, *y = c->partners + j * c->words;
    int64_t shared = 0;
    for (int64_t k = 0; k < c->words; k++) shared += __builtin_popcountll(x[k] & y[k]);
    return shared;
}

static void tie(Core *c, int64_t i, int64_t j, int64_t pair, int64_t year)
{
    Bucket *bucket = c->due + mod(year, c->p.term);
    if (bucket->count == bucket->space) {
        bucket->space = bucket->space ? 2 * bucket->space : 64;
        bucket->rows = realloc(bucket->rows, bucket->space * sizeof(Agreement));
    }
    bucket->rows[bucket->count++] = (Agreement){(int32_t)i, (int32_t)j, pair};
    c->tied[pair] = 1;
    c->year_signed[pair] = year;
    c->degree[i]++, c->degree[j]++, c->ties++;
    flip(c, i, j), flip(c, j, i);
}

static void untie(Core *c, int64_t i, int64_t j, int64_t pair)
{
    c->tied[pair] = 0;
    c->year_signed[pair] = -1;
    c->degree[i]--, c->degree[j]--, c->ties--;
    flip(c, i, j), flip(c, j, i);
}

/* S x S matrices become triangles; `signed_in` is -1 without an agreement. */
Core *core_new(const Rates *p, int64_t size, const double *activism, const double *capacity, const double *interest,
               const double *commonality, const double *discovered, const uint8_t *missions, const double *trust,
               const double *baseline, const int64_t *signed_in)
{
    Core *c = calloc(1, sizeof(Core));
    c->p = *p;
    c->size = size, c->pairs = size * (size - 1) / 2, c->words = (size + 63) / 64;
    double **of_states[] = {&c->activism, &c->capacity, &c->campaign, &c->activity, &c->pull, &c->attraction};
    double **of_pairs[] = {&c->forth, &c->back, &c->base_forth, &c->base_back, &c->like_forth, &c->like_back,
                           &c->commonality, &c->discovered, &c->missions, &c->tied, &c->bound};
    for (size_t k = 0; k < sizeof of_states / sizeof *of_states; k++) *of_states[k] = calloc(size, sizeof(double));
    for (size_t k = 0; k < sizeof of_pairs / sizeof *of_pairs; k++) *of_pairs[k] = calloc(c->pairs, sizeof(double));
    c->degree = calloc(size, sizeof *c->degree);
    c->partners = calloc(size * c->words, sizeof *c->partners);
    c->year_signed = calloc(c->pairs, sizeof *c->year_signed);
    c->maybe = calloc(size + 8, 1);
    c->due = calloc(p->term, sizeof *c->due);
    memcpy(c->activism, activism, size * sizeof(double));
    memcpy(c->capacity, capacity, size * sizeof(double));
    double w = p->trust_weight;
    for (int64_t i = 0, pair = 0; i < size; i++)
        for (int64_t j = i + 1; j < size; j++, pair++) {
            int64_t ij = i * size + j, ji = j * size + i;
            c->forth[pair] = trust[ij], c->back[pair] = trust[ji];
            c->base_forth[pair] = baseline[ij], c->base_back[pair] = baseline[ji];
            c->like_forth[pair] = interest[ij], c->like_back[pair] = interest[ji];
            c->commonality[pair] = commonality[ij], c->discovered[pair] = discovered[ij];
            c->missions[pair] = (missions[ij] + missions[ji]) / 4.0;
            c->year_signed[pair] = -1;
            if (signed_in[ij] >= 0) tie(c, i, j, pair, signed_in[ij]);
            /* no trust above 1, nothing left to discover, all partners shared */
            double push = p->beta_commonality * ((p->beta_commonality > 0) * commonality[ij] - p->mean_commonality)
                + p->beta_capacity * (sqrt(capacity[i] * capacity[j]) - p->mean_capacity) + fmax(p->closure, 0);
            double consent = sqrt((w + (1 - w) * interest[ij]) * (w + (1 - w) * interest[ji]));
            c->bound[pair] = 0.5 * p->base_rate * consent * exp(push) * (1 + 1e-9);
        }
    return c;
}

void core_free(Core *c)
{
    double *arrays[] = {c->activism, c->capacity, c->campaign, c->activity, c->pull, c->attraction, c->forth, c->back,
                        c->base_forth, c->base_back, c->like_forth, c->like_back, c->commonality, c->discovered,
                        c->missions, c->tied, c->bound};
    for (size_t k = 0; k < sizeof arrays / sizeof *arrays; k++) free(arrays[k]);
    for (int64_t k = 0; k < c->p.term; k++) free(c->due[k].rows);
    free(c->degree), free(c->partners), free(c->year_signed), free(c->maybe), free(c->due), free(c);
}

/* M4: campaigns, and what each state's partners add to the pull on others. */
static void campaign(Core *c, const uint64_t *keys)
{
    const Rates *p = &c->p;
    double wave = sqrt(COMMON_SHARE) * normal_of(uniform(keys[COMMON_WAVE], 0));
    double innovation = sqrt(1 - MEMORY * MEMORY) * p->campaign_spread;
    double mean = log1p(2.0 * (double)c->ties / (double)c->size);
    for (int64_t i = 0; i < c->size; i++) {
        double shock = sqrt(1 - COMMON_SHARE) * normal_of(uniform(keys[OWN_CAMPAIGN], i)) + wave;
        c->campaign[i] = MEMORY * c->campaign[i] + innovation * shock;
        c->activity[i] = c->activism[i] * exp(clip(c->campaign[i] - p->campaign_spread * p->campaign_spread / 2, -10, 6));
        c->pull[i] = p->popularity * (log1p(c->degree[i]) - mean);
    }
}

/* M2: the chance that a pair signs. */
static double chance(const Core *c, int64_t i, int64_t j, int64_t pair, int64_t shared)
{
    const Rates *p = &c->p;
    double w = p->trust_weight;
    double fewest = c->degree[i] < c->degree[j] ? c->degree[i] : c->degree[j];
    double consent = sqrt((w * c->forth[pair] + (1 - w) * c->like_forth[pair])
                          * (w * c->back[pair] + (1 - w) * c->like_back[pair]));
    double push = p->beta_commonality * (c->discovered[pair] * c->commonality[pair] - p->mean_commonality)
        + p->beta_capacity * (sqrt(c->capacity[i] * c->capacity[j]) - p->mean_capacity)
        + c->pull[i] + c->pull[j] + p->closure * (double)shared / (fewest + 1);
    double initiative = 0.5 * (c->activity[i] + c->activity[j]);
    return -expm1(-p->base_rate * initiative * consent * exp(clip(push, LOWEST, HIGHEST)));
}

static int lapses(const Core *c, int64_t i, int64_t j, int64_t pair, uint64_t key)
{
    double distrust = 1 - sqrt(c->forth[pair] * c->back[pair]);
    return uniform(key, i * c->size + j) < c->p.lapse * distrust * distrust;
}

static void record(const Core *c, double *out, double trust, int64_t signatures, int64_t lapsed)
{
    out[AGREEMENTS] = (double)c->ties;
    out[TRUST] = trust / (2.0 * (double)c->pairs);
    out[SIGNED] = (double)signatures;
    out[LAPSED] = (double)lapsed;
}

/* M0 for the row of state i, and which of its pairs could sign: those whose draw is below the bound on the chance. */
static void discover_and_sieve(Core *c, int64_t i, uint64_t key)
{
    const int64_t first = i + 1, count = c->size - first, row = row_of(c, i) + first;
    const double rate = c->p.discovery_rate, active = c->activity[i], attraction = c->attraction[i];
    const double floor = 0.5 * c->p.base_rate * exp(LOWEST);
    const double *restrict missions = c->missions + row, *restrict tied = c->tied + row, *restrict bound = c->bound + row;
    const double *restrict activity = c->activity + first, *restrict attractions = c->attraction + first;
    double *restrict discovered = c->discovered + row;
    uint8_t *restrict maybe = c->maybe;
    for (int64_t k = 0; k < count; k++) {
        discovered[k] += rate * (missions[k] + 0.5 * tied[k]) * (1 - discovered[k]);
        double most = (active + activity[k]) * (bound[k] * attraction * attractions[k] + floor);
        maybe[k] = uniform(key, row + k) < most;
    }
    memset(maybe + count, 0, 8);
}

/* M12 for all pairs; returns the sum of trust over ordered pairs. */
static double revise_trust(Core *c)
{
    const double gain = c->p.gain * -expm1(-SIGNAL), forgetting = c->p.forgetting;
    const double *restrict tied = c->tied, *restrict base_forth = c->base_forth, *restrict base_back = c->base_back;
    double *restrict forth = c->forth, *restrict back = c->back;
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t k = 0; k < c->pairs; k++) {
        double t = forth[k], u = back[k], g = gain * tied[k];
        t += g * (1 - t) + forgetting * (base_forth[k] - t);
        u += g * (1 - u) + forgetting * (base_back[k] - u);
        t = t < 0 ? 0 : t > 1 ? 1 : t;
        u = u < 0 ? 0 : u > 1 ? 1 : u;
        forth[k] = t, back[k] = u;
        sum += t + u;
    }
    return sum;
}

/* `keys` holds KEYS numbers a year, `out` SERIES numbers a year. */
void core_years(Core *c, const uint64_t *keys, double *out)
{
    Agreement *new = malloc(c->pairs * sizeof *new);
    for (int64_t t = 0; t < c->p.years; t++, keys += KEYS, out += SERIES) {
        int64_t year = c->p.start_year + 1 + t, signatures = 0, lapsed = 0;
        campaign(c, keys);
        for (int64_t i = 0; i < c->size; i++) c->attraction[i] = exp(c->pull[i]);
        for (int64_t i = 0; i < c->size; i++) {
            discover_and_sieve(c, i, keys[SIGN]);
            for (int64_t from = 0; from < c->size - i - 1; from += 8) {
                uint64_t eight;
                memcpy(&eight, c->maybe + from, 8);
                for (; eight; eight &= eight - 1) {
                    int64_t j = i + 1 + from + __builtin_ctzll(eight) / 8, pair = row_of(c, i) + j;
                    if (c->tied[pair] == 0
                        && uniform(keys[SIGN], pair) < chance(c, i, j, pair, shared_partners(c, i, j)))
                        new[signatures++] = (Agreement){(int32_t)i, (int32_t)j, pair};
                }
            }
        }
        Bucket *due = c->due + mod(year, c->p.term);
        for (int64_t k = 0; k < due->count;) {
            Agreement old = due->rows[k];
            if (lapses(c, old.a, old.b, old.pair, keys[LAPSE])) {
                untie(c, old.a, old.b, old.pair);
                due->rows[k] = due->rows[--due->count];
                lapsed++;
            } else
                k++;
        }
        for (int64_t k = 0; k < signatures; k++) tie(c, new[k].a, new[k].b, new[k].pair, year);
        record(c, out, revise_trust(c), signatures, lapsed);
    }
    free(new);
}

/* The same rules without any of the shortcuts: every pair, every year, in the order of the rules. */
void core_plain_years(Core *c, const uint64_t *keys, double *out)
{
    const Rates *p = &c->p;
    Agreement *new = malloc(c->pairs * sizeof *new);
    uint8_t *ties = malloc(c->size * c->size);
    for (int64_t t = 0; t < p->years; t++, keys += KEYS, out += SERIES) {
        int64_t year = p->start_year + 1 + t, signatures = 0, lapsed = 0;
        for (int64_t i = 0, pair = 0; i < c->size; i++)
            for (int64_t j = i + 1; j < c->size; j++, pair++) {
                c->discovered[pair] += p->discovery_rate * (c->missions[pair] + 0.5 * c->tied[pair])
                    * (1 - c->discovered[pair]);
                ties[i * c->size + j] = ties[j * c->size + i] = c->tied[pair] != 0;
            }
        for (int64_t i = 0; i < c->size; i++) ties[i * c->size + i] = 0;
        campaign(c, keys);
        for (int64_t i = 0, pair = 0; i < c->size; i++)
            for (int64_t j = i + 1; j < c->size; j++, pair++) {
                int32_t shared = 0;
                for (int64_t k = 0; k < c->size; k++) shared += ties[i * c->size + k] & ties[j * c->size + k];
                if (c->tied[pair] == 0 && uniform(keys[SIGN], pair) < chance(c, i, j, pair, shared))
                    new[signatures++] = (Agreement){(int32_t)i, (int32_t)j, pair};
            }
        for (int64_t i = 0, pair = 0; i < c->size; i++)
            for (int64_t j = i + 1; j < c->size; j++, pair++)
                if (c->tied[pair] != 0 && mod(year - c->year_signed[pair], p->term) == 0
                    && lapses(c, i, j, pair, keys[LAPSE]))
                    untie(c, i, j, pair), lapsed++;
        for (int64_t k = 0; k < signatures; k++) tie(c, new[k].a, new[k].b, new[k].pair, year);
        double gain = p->gain * -expm1(-SIGNAL), sum = 0;
        for (int64_t pair = 0; pair < c->pairs; pair++) {
            double t = c->forth[pair], u = c->back[pair];
            t = clip(t + gain * c->tied[pair] * (1 - t) + p->forgetting * (c->base_forth[pair] - t), 0, 1);
            u = clip(u + gain * c->tied[pair] * (1 - u) + p->forgetting * (c->base_back[pair] - u), 0, 1);
            c->forth[pair] = t, c->back[pair] = u;
            sum += t + u;
        }
        record(c, out, sum, signatures, lapsed);
    }
    free(ties), free(new);
}

double core_normal(double uniform_number) { return normal_of(uniform_number); }
