/* The matrix product by ScaLAPACK (pdgemm), operands and result distributed:
 *
 *     mpiexec -n NP scalapack --size N --block B [--seed S] [--runs R] [--warmup W] [--out C.npy]
 *
 * Blocks of B x B elements are distributed over a grid of ranks that is as square as
 * NP allows. B = 64 is customary; --block 0 tries some and takes the fastest. It
 * prints the same JSON object as our programs. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <mpi.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ScaLAPACK and the BLACS come without a header. */
void Cblacs_get(int context, int what, int *value);
void Cblacs_gridinit(int *context, const char *order, int rows, int columns);
void Cblacs_gridinfo(int context, int *rows, int *columns, int *row, int *column);
void Cpdgemr2d(int m, int n, double *a, int ia, int ja, int *desc_a, double *b, int ib,
               int jb, int *desc_b, int context);
int numroc_(int *n, int *block, int *part, int *first, int *parts);
void descinit_(int *desc, int *m, int *n, int *block_m, int *block_n, int *row, int *column,
               int *context, int *leading, int *info);
void pdgemm_(const char *transpose_a, const char *transpose_b, int *m, int *n, int *k,
             double *alpha, double *a, int *ia, int *ja, int *desc_a, double *b, int *ib,
             int *jb, int *desc_b, double *beta, double *c, int *ic, int *jc, int *desc_c);

enum { DESCRIPTOR = 9, MOST_RUNS = 1000 };
static int zero = 0, one = 1;

struct flags {
    int size, block, runs, warmup;
    uint64_t seed;
    const char *out;
};

/* The ranks as a grid, and where this one stands in it. */
struct grid {
    int context, rows, columns, row, column;
};

/* A, B and C, this rank's blocks of each. */
struct product {
    int size, descriptor[DESCRIPTOR];
    double *a, *b, *c;
};

static void fail(const char *message) {
    fprintf(stderr, "error: %s\n", message);
    MPI_Abort(MPI_COMM_WORLD, 1);
    exit(1);
}

static struct flags parse(int count, char **words) {
    struct flags flags = {.size = 1024, .block = 64, .runs = 5, .warmup = 1, .seed = 1};
    for (int i = 1; i + 1 < count; i += 2) {
        const char *name = words[i], *value = words[i + 1];
        if (!strcmp(name, "--size")) flags.size = atoi(value);
        else if (!strcmp(name, "--block")) flags.block = atoi(value);
        else if (!strcmp(name, "--runs")) flags.runs = atoi(value);
        else if (!strcmp(name, "--warmup")) flags.warmup = atoi(value);
        else if (!strcmp(name, "--seed")) flags.seed = strtoull(value, NULL, 10);
        else if (!strcmp(name, "--out")) flags.out = value;
        else fail("unknown flag");
    }
    if (flags.size < 1 || flags.block < 0 || flags.runs < 1 || flags.runs > MOST_RUNS)
        fail("--size, --block or --runs is out of range");
    return flags;
}

/* Element (i, j) of the matrix `name` of `seed`: what our programs generate. */
static uint64_t mix(uint64_t bits) {
    bits += 0x9e3779b97f4a7c15;
    bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
    bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
    return bits ^ (bits >> 31);
}

static double element(uint64_t seed, char name, uint64_t i, uint64_t j) {
    uint64_t row = mix(seed ^ mix((uint64_t)name) ^ mix(~i));
    return (double)(mix(row ^ j) >> 11) / 4503599627370496.0 - 1.0;
}

/* The grid of all ranks with the largest number of rows up to its columns. */
static struct grid make_grid(int ranks) {
    struct grid grid = {.rows = 1};
    for (int rows = 1; rows * rows <= ranks; rows++)
        if (ranks % rows == 0) grid.rows = rows;
    Cblacs_get(0, 0, &grid.context);
    Cblacs_gridinit(&grid.context, "Row", grid.rows, ranks / grid.rows);
    Cblacs_gridinfo(grid.context, &grid.rows, &grid.columns, &grid.row, &grid.column);
    return grid;
}

static double *allocate(size_t count) {
    double *memory = malloc((count ? count : 1) * sizeof *memory);
    if (!memory) fail("the matrices are too big for the memory");
    return memory;
}

/* This rank's blocks of A and B, in columns as ScaLAPACK wants them. */
static struct product distribute(struct flags flags, int block, struct grid grid) {
    struct product product = {.size = flags.size};
    int n = flags.size, info;
    int rows = numroc_(&n, &block, &grid.row, &zero, &grid.rows);
    int columns = numroc_(&n, &block, &grid.column, &zero, &grid.columns);
    int leading = rows > 0 ? rows : 1;
    descinit_(product.descriptor, &n, &n, &block, &block, &zero, &zero, &grid.context,
              &leading, &info);
    size_t count = (size_t)rows * columns;
    product.a = allocate(count), product.b = allocate(count), product.c = allocate(count);
    for (int column = 0; column < columns; column++) {
        int j = (column / block * grid.columns + grid.column) * block + column % block;
        for (int row = 0; row < rows; row++) {
            int i = (row / block * grid.rows + grid.row) * block + row % block;
            size_t here = (size_t)column * leading + row;
            product.a[here] = element(flags.seed, 'a', i, j);
            product.b[here] = element(flags.seed, 'b', i, j);
        }
    }
    return product;
}

static void release(struct product product) {
    free(product.a), free(product.b), free(product.c);
}

/* The seconds of one product C = A B; a job takes as long as its slowest rank. */
static double multiply(struct product *product) {
    int n = product->size, *descriptor = product->descriptor;
    double alpha = 1.0, beta = 0.0;
    MPI_Barrier(MPI_COMM_WORLD);
    double seconds = MPI_Wtime();
    pdgemm_("N", "N", &n, &n, &n, &alpha, product->a, &one, &one, descriptor, product->b,
            &one, &one, descriptor, &beta, product->c, &one, &one, descriptor);
    seconds = MPI_Wtime() - seconds;
    MPI_Allreduce(MPI_IN_PLACE, &seconds, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    return seconds;
}

/* The block size of the fastest of two products each. */
static int tune(struct flags flags, struct grid grid) {
    static const int sizes[] = {32, 64, 96, 128, 192, 256, 384, 512};
    int best = 64;
    double fastest = 1e300;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct product product = distribute(flags, sizes[i], grid);
        for (int run = 0; run < 2; run++) {
            double seconds = multiply(&product);
            if (seconds < fastest) fastest = seconds, best = sizes[i];
        }
        release(product);
    }
    return best;
}

/* Gathers C on rank 0 as one block and writes it as a .npy file, by columns. */
static void write_result(const char *path, struct product *product, struct grid grid) {
    int n = product->size, whole[DESCRIPTOR], info;
    int is_root = grid.row == 0 && grid.column == 0;
    double *c = allocate(is_root ? (size_t)n * n : 0);
    descinit_(whole, &n, &n, &n, &n, &zero, &zero, &grid.context, &n, &info);
    Cpdgemr2d(n, n, product->c, 1, 1, product->descriptor, c, 1, 1, whole, grid.context);
    if (is_root) {
        char text[119];
        snprintf(text, sizeof text,
                 "{'descr': '<f8', 'fortran_order': True, 'shape': (%d, %d), }", n, n);
        /* Ten bytes before it and a line feed after it make 128. */
        FILE *file = fopen(path, "wb");
        if (!file) fail("--out: the file cannot be written");
        fprintf(file, "\x93NUMPY%c%c%c%c%-117s\n", 1, 0, 118, 0, text);
        fwrite(c, sizeof *c, (size_t)n * n, file);
        if (fclose(file)) fail("--out: the file cannot be written");
    }
    free(c);
}

static int ascending(const void *left, const void *right) {
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void publish(struct flags flags, int block, struct grid grid, const double *samples) {
    char library[MPI_MAX_LIBRARY_VERSION_STRING];
    int length;
    MPI_Get_library_version(library, &length);
    library[strcspn(library, ",\n\t")] = 0;
    /* The BLAS is whichever libblas.so.3 is installed; only OpenBLAS says its name. */
    char *(*configuration)(void) = (char *(*)(void))dlsym(RTLD_DEFAULT, "openblas_get_config");
    char name[32] = "a BLAS other than", version[32] = "OpenBLAS";
    if (configuration) sscanf(configuration(), "%31s %31s", name, version);

    double sorted[MOST_RUNS];
    memcpy(sorted, samples, flags.runs * sizeof *sorted);
    qsort(sorted, flags.runs, sizeof *sorted, ascending);
    double median = (sorted[(flags.runs - 1) / 2] + sorted[flags.runs / 2]) / 2;
    double operations = 2.0 * flags.size * flags.size * flags.size;
    printf("{\"program\": \"scalapack\", \"version\": \"ScaLAPACK with %s %s\", ", name, version);
    printf("\"mpi\": \"%s\", \"workers\": %d, ", library, grid.rows * grid.columns);
    printf("\"hosts\": 1, \"cores\": %ld, ", sysconf(_SC_NPROCESSORS_ONLN));
    printf("\"median_s\": %.9f, \"min_s\": %.9f, \"samples_s\": [", median, sorted[0]);
    for (int run = 0; run < flags.runs; run++)
        printf("%s%.9f", run ? ", " : "", samples[run]);
    printf("], \"n\": %d, \"block\": %d, \"gflops\": %.6g}\n", flags.size, block,
           operations / median / 1e9);
}

int main(int count, char **words) {
    MPI_Init(&count, &words);
    struct flags flags = parse(count, words);
    int ranks;
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    struct grid grid = make_grid(ranks);
    int block = flags.block ? flags.block : tune(flags, grid);
    struct product product = distribute(flags, block, grid);

    double samples[MOST_RUNS];
    for (int run = 0; run < flags.warmup; run++) multiply(&product);
    for (int run = 0; run < flags.runs; run++) samples[run] = multiply(&product);

    if (flags.out) write_result(flags.out, &product, grid);
    if (grid.row == 0 && grid.column == 0) publish(flags, block, grid, samples);
    release(product);
    MPI_Finalize();
}
