"""How much each block of features explains: the weights under which what was seen is likeliest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, sparse
from scipy.linalg import lapack

from recsys.topk import FloatMatrix

START = 0.1
"""Share of the variance that a block is thought to explain before anything is seen."""

BELIEF = 4.0
"""Strength of that thought: inverse variance of the logarithm of a weight. Without it a few hundred
examples drive weights to zero that others need."""

STEPS = 20


@dataclass(frozen=True, slots=True)
class Weights:
    """Variances, in units of the targets' own.

    Attributes
    ----------
    blocks : float64 (n_blocks,)
        Explained by each block's linear map.
    bias : float
        Of what all have in common.
    own : float
        Of what no block explains.
    noise : float
        Of an observation of noise 1.
    """

    blocks: NDArray[np.float64]
    bias: float
    own: float
    noise: float


def weigh(
    blocks: Sequence[sparse.csr_matrix], targets: FloatMatrix, noise: NDArray[np.float64]
) -> Weights:
    r"""Find the weights by type-II maximum likelihood, all outputs alike.

    Each column of the targets is Gaussian with covariance

    .. math:: \sum_b w_b F_b F_b^T + w_0 \mathbf{1}\mathbf{1}^T + \tau I + \sigma \, \mathrm{diag}(n)

    Parameters
    ----------
    blocks : sequence of float32 (n, n_features)
    targets : float32 (n, n_outputs)
        Centred, of variance about 1.
    noise : float64 (n,)
        The noise of each row, relative to the others.

    References
    ----------
    MacKay, "Bayesian interpolation", Neural Computation 1992.
    """
    kernels = np.array([(one @ one.T).toarray().ravel() for one in blocks], np.float32)
    seen = targets.astype(np.float64)
    start = np.log(np.full(len(blocks) + 3, START))
    found = optimize.minimize(
        _unlikelihood,
        start,
        args=(start, kernels, noise, seen @ seen.T / seen.shape[1]),
        jac=True,
        method="L-BFGS-B",
        # What is left over is never nothing: the covariance stays far from singular.
        bounds=[(-12.0, 4.0)] * (len(blocks) + 1) + [(-6.0, 4.0)] * 2,
        options={"maxiter": STEPS},
    )
    weights = np.exp(found.x)
    return Weights(weights[:-3], *(float(one) for one in weights[-3:]))


def _unlikelihood(
    logs: NDArray[np.float64],
    start: NDArray[np.float64],
    kernels: FloatMatrix,
    noise: NDArray[np.float64],
    seen: NDArray[np.float64],
) -> tuple[float, NDArray[np.float64]]:
    """Return minus the log likelihood of an output with the belief's, and its slope."""
    weights, diagonal = np.exp(logs), np.diag_indices_from(seen)
    covariance = (weights[:-3].astype(np.float32) @ kernels).reshape(seen.shape) + weights[-3]
    covariance[diagonal] += weights[-2] + weights[-1] * noise
    factor, _ = lapack.dpotrf(covariance, lower=1)
    inverse = lapack.dpotri(factor, lower=1)[0]
    inverse = np.tril(inverse) + np.tril(inverse, -1).T
    misfit = 0.5 * (inverse * seen).sum() + np.log(factor[diagonal]).sum()
    slope = 0.5 * (inverse - inverse @ seen @ inverse)
    by_block = kernels @ slope.ravel().astype(np.float32)
    by_rest = slope.sum(), np.trace(slope), slope[diagonal] @ noise
    slopes = np.array([*by_block, *by_rest]) * weights
    apart = logs - start
    return misfit + 0.5 * BELIEF * apart @ apart, slopes + BELIEF * apart
