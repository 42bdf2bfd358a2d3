namespace LstmTorch.Runtime.Model;

/// <summary>Quantiles of distributions around 0 whose scale is 1.</summary>
/// <remarks>
/// Newton's method on the integral of the density, from the median outwards: the integral is concave there, so that every step
/// stays short of the quantile. Ten digits for shares from 1e-6 to 1 − 1e-6, thirteen from 1e-3 on.
/// </remarks>
public static class StandardQuantiles
{
    // Beyond it Student's t is the normal distribution to the last digit.
    private const double LargestFreedom = 1e15;

    private const int MostSteps = 500;

    // Gauss and Legendre's rule of five nodes: on pieces of a quarter exact to the last digit for these densities.
    private const double Piece = 0.25;

    private static readonly (double Node, double Weight)[] s_rule =
    [
        (0, 128.0 / 225), (0.53846931010568309, 0.47862867049936647), (-0.53846931010568309, 0.47862867049936647),
        (0.90617984593866399, 0.23692688505618909), (-0.90617984593866399, 0.23692688505618909),
    ];

    /// <summary>The value below which a share of the standard normal distribution lies.</summary>
    /// <param name="share">Above 0 and below 1.</param>
    public static double Normal(double share) => Find(share, x => Math.Exp(-0.5 * x * x) / Math.Sqrt(2 * Math.PI));

    /// <summary>The value below which a share of Student's t distribution lies.</summary>
    /// <param name="share">Above 0 and below 1.</param>
    /// <param name="freedom">ν, the degrees of freedom; above 0.</param>
    public static double StudentT(double share, double freedom)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(freedom);
        if (freedom > LargestFreedom)
            return Normal(share);
        double height = GammaRatio(freedom / 2) / Math.Sqrt(freedom * Math.PI);
        return Find(share, x => height * Math.Exp(-0.5 * (freedom + 1) * LogOfOneAnd(x * x / freedom)));
    }

    /// <summary>Γ(a + ½) / Γ(a).</summary>
    private static double GammaRatio(double a)
    {
        double factor = 1;
        for (; a < 100; a++)
            factor *= a / (a + 0.5);

        // Tricomi and Erdélyi's series (1951), whose next term is below 1e-16 from 100 on.
        double r = 1 / a;
        double series = 1 + (r * (-1.0 / 8 + (r * (1.0 / 128 + (r * (5.0 / 1024 + (r * (-21.0 / 32768 + (r * (-399.0 / 262144 + (r * 869.0 / 4194304)))))))))));
        return factor * Math.Sqrt(a) * series;
    }

    /// <summary>ln(1 + x), also where 1 + x has lost x (Goldberg, "What Every Computer Scientist Should Know About Floating-Point Arithmetic", 1991, theorem 4).</summary>
    private static double LogOfOneAnd(double x)
    {
        double sum = 1 + x;
        return sum == 1 ? x : Math.Log(sum) * (x / (sum - 1));
    }

    private static double Find(double share, Func<double, double> density)
    {
        if (!(share is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "above 0 and below 1");

        // The distributions are symmetric. What is missing on the way is kept, not what is there: the tail has few digits.
        double x = 0, missing = Math.Abs(share - 0.5);
        for (int n = 0; n < MostSteps; n++)
        {
            double step = missing / density(x);
            if (x + step <= x)
                break;
            missing -= Integral(density, x, x + step);
            x += step;
        }

        return share < 0.5 ? -x : x;
    }

    private static double Integral(Func<double, double> density, double from, double to)
    {
        int pieces = (int)Math.Ceiling((to - from) / Piece);
        double half = (to - from) / pieces / 2, sum = 0;
        for (int n = 0; n < pieces; n++)
        {
            foreach (var (node, weight) in s_rule)
                sum += weight * density(from + (half * ((2 * n) + 1 + node)));
        }

        return half * sum;
    }
}
